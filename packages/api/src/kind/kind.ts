import type { z } from 'zod';
import type { Column } from '../resource/column.ts';
import type { KindName, ResourceByKind } from './resource.ts';

/** What there is to know about a kind. */
export type KindOf<Name extends string, Object> = {
  readonly name: Name;
  /** Empty for Kubernetes' core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** How messages name it: `ovn-fip/web`. */
  readonly singular: string;
  /** As the CRD declares them; kubectl knows these. */
  readonly shortNames: readonly string[];
  /** More words the command line understands. */
  readonly aliases: readonly string[];
  /** Words that mean several kinds: `kubectl get berth` lists the objects of all that are ours. */
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** Whether its CRD has the status subresource; without it a status is written with the object. */
  readonly hasStatus: boolean;
  readonly schema: z.ZodType<Object>;
  readonly columns: readonly Column<Object>[];
};

/** What there is to know about a kind that users write. */
export type Kind<K extends KindName = KindName> = KindOf<K, ResourceByKind[K]>;

/** `kubeovn.io/v1`, or `v1` for the core group. */
export function apiVersionOf({ group, version }: Pick<Kind, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}
