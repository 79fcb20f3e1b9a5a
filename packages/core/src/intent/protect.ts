import { controllerFinalizer, type Resource } from '@berth/api';
import { fullName, isTerminating, type Lookup } from './lookup.ts';
import type { ResourceWrite } from './write.ts';

/** Kinds whose deletion must wait until their rows are gone. */
const protectedKinds = [
  'ProviderNetwork',
  'Vlan',
  'Vpc',
  'Subnet',
  'IP',
  'Vip',
  'OvnEip',
  'OvnFip',
  'OvnSnatRule',
  'OvnDnatRule',
] as const;

/** Gives every object that causes rows our finalizer, before its first row is written. */
export function protect(lookup: Lookup): {
  readonly lookup: Lookup;
  readonly writes: readonly ResourceWrite[];
} {
  const writes: ResourceWrite[] = [];
  const kinds = protectedKinds.map((kind) => {
    const present: ReadonlyMap<string, Resource> = lookup[kind];
    const held = [...present.values()]
      .filter((object) => !isTerminating(object) && !object.metadata.finalizers.includes(controllerFinalizer))
      .map(withFinalizer);
    for (const object of held) writes.push({ verb: 'upsert', object });
    if (held.length === 0) return [kind, present] as const;
    return [kind, new Map([...present, ...held.map((each) => [fullName(each), each] as const)])] as const;
  });
  return { lookup: { ...lookup, ...Object.fromEntries(kinds) }, writes };
}

function withFinalizer<T extends Resource>(object: T): T {
  return {
    ...object,
    metadata: { ...object.metadata, finalizers: [...object.metadata.finalizers, controllerFinalizer] },
  };
}

/** Lets go of objects whose rows are gone. */
export function release(released: readonly Resource[]): readonly ResourceWrite[] {
  return released
    .filter(({ metadata }) => metadata.finalizers.includes(controllerFinalizer))
    .map((object) => ({
      verb: 'upsert',
      object: {
        ...object,
        metadata: {
          ...object.metadata,
          finalizers: object.metadata.finalizers.filter((each) => each !== controllerFinalizer),
        },
      },
    }));
}
