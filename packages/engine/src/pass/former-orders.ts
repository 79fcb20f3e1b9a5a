import { type Change, formerOrderChanges, type RowChange } from '@berth/core';
import type { Mutation, Operation } from '@berth/ovsdb';
import type { Ovn } from '../ovn/ovn.ts';

/** The operations by which router ports remember the orders of gateways that changes end. */
export function formerOrderOperations(
  changes: readonly Change[],
  at: RowChange,
  { northbound, southbound }: Pick<Ovn, 'northbound' | 'southbound'>,
): readonly Operation[] {
  return formerOrderChanges(changes, at, northbound.snapshot(), southbound.snapshot()).flatMap(
    ({ port, added, dropped }): readonly Operation[] => {
      const mutations: readonly Mutation[] = [
        ...(dropped.size > 0 ? [['external_ids', 'delete', dropped] as const] : []),
        ...(added.size > 0 ? [['external_ids', 'insert', added] as const] : []),
      ];
      if (mutations.length === 0) return [];
      return [{ op: 'mutate', table: 'Logical_Router_Port', where: [['_uuid', '==', port]], mutations }];
    },
  );
}
