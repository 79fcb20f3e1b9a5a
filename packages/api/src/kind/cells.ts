import { type Cell, type Column, cellOf } from '../resource/column.ts';
import { kinds } from './kinds.ts';
import type { KindName, ResourceByKind } from './resource.ts';

/** The columns `kubectl get` prints for a kind, after the name. */
export function columnsOf<K extends KindName>(kind: K, wide: boolean): readonly Column<ResourceByKind[K]>[] {
  return kinds[kind].columns.filter((column) => wide || column.wide !== true);
}

/** What stands in each of these columns for an object. */
export function cellsOf<K extends KindName>(
  kind: K,
  object: ResourceByKind[K],
  wide: boolean,
): readonly Cell[] {
  return columnsOf(kind, wide).map((column) => cellOf(column, object));
}
