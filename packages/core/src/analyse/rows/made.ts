import type { Condition, Metadata } from '@berth/api';
import { reasonOf } from '../../finding/catalogue.ts';
import type { Works } from '../works.ts';

/** Metadata of an object that nobody stored: its name, and of the rest nothing. */
export function metadataOf(name: string, namespace?: string): Metadata {
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    generation: 1,
    labels: {},
    annotations: {},
    finalizers: [],
    ownerReferences: [],
  };
}

const statuses = { delivered: 'True', lost: 'False', unknown: 'Unknown' } as const;

/** Whether an object works by its rows alone, as its status says it: nothing where nothing can be said of packets. */
export function readinessOf(works: Works | undefined): {
  readonly ready?: boolean;
  readonly conditions?: readonly Condition[];
} {
  if (!works) return {};
  const { outcome, reason, why } = works;
  const condition = {
    type: 'Ready',
    status: statuses[outcome],
    reason: reason === undefined ? 'Works' : reasonOf(reason),
    message: why,
  };
  return { ...(outcome !== 'unknown' && { ready: outcome === 'delivered' }), conditions: [condition] };
}

/** Addresses or networks by family, several of one with commas between. */
export function byFamily(texts: Iterable<string>): {
  readonly v4: string | undefined;
  readonly v6: string | undefined;
} {
  const all = [...new Set(texts)].filter((text) => text !== '');
  const of = (isV6: boolean): string | undefined =>
    all.filter((text) => text.includes(':') === isV6).join(',') || undefined;
  return { v4: of(false), v6: of(true) };
}

/** An object without the fields that hold nothing. */
export function known<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const held = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(held) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
