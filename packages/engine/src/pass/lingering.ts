import { type Change, lingerChanges, type RowChange } from '@berth/core';
import type { Mutation, Operation } from '@berth/ovsdb';
import type { Ovn } from '../ovn/ovn.ts';

/** The operations that leave a mark in NB of each address that changes take from a chassis, and take marks away that nobody needs any more. */
export function lingerOperations(
  changes: readonly Change[],
  at: RowChange,
  { northbound, southbound }: Pick<Ovn, 'northbound' | 'southbound'>,
): readonly Operation[] {
  const { added, dropped } = lingerChanges(changes, at, northbound.snapshot(), southbound.snapshot());
  const mutations: readonly Mutation[] = [
    ...(dropped.size > 0 ? [['external_ids', 'delete', dropped] as const] : []),
    ...(added.size > 0 ? [['external_ids', 'insert', added] as const] : []),
  ];
  return mutations.length === 0 ? [] : [{ op: 'mutate', table: 'NB_Global', where: [], mutations }];
}
