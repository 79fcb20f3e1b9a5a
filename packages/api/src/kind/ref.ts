import { isKindName, kinds } from './kinds.ts';
import type { Resource } from './resource.ts';

/** Which object is meant: the name of its kind (`OvnFip`), and its name. */
export type ResourceRef = {
  readonly kind: string;
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string;
  readonly name: string;
};

/** Which object this is. */
export function refOf({ kind, metadata }: Pick<Resource, 'kind' | 'metadata'>): ResourceRef {
  const { namespace, name } = metadata;
  return namespace === undefined ? { kind, name } : { kind, namespace, name };
}

/** An object as kubectl names it: `ovn-fip/web`, `pod/default/web`. */
export function formatRef({ kind, namespace, name }: ResourceRef): string {
  const singular = isKindName(kind) ? kinds[kind].singular : kind.toLowerCase();
  return namespace === undefined ? `${singular}/${name}` : `${singular}/${namespace}/${name}`;
}

/** One text per object, to be used as the key of a map. */
export function refKey({ kind, namespace = '', name }: ResourceRef): string {
  return `${kind}/${namespace}/${name}`;
}

/** Reads what `refKey` writes. */
export function refOfKey(key: string): ResourceRef {
  const [kind = '', namespace = '', name = ''] = key.split('/');
  return namespace === '' ? { kind, name } : { kind, namespace, name };
}
