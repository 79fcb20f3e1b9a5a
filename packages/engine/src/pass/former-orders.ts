import { type Change, formerOrderChanges, type RowChange } from '@berth/core';
import type { Operation } from '@berth/ovsdb';
import type { Ovn } from '../ovn/ovn.ts';
import { noting } from './noting.ts';

/** The operations by which router ports remember the orders of gateways that changes end. */
export function formerOrderOperations(
  changes: readonly Change[],
  at: RowChange,
  { northbound, southbound }: Pick<Ovn, 'northbound' | 'southbound'>,
): readonly Operation[] {
  return formerOrderChanges(changes, at, northbound.snapshot(), southbound.snapshot()).flatMap(
    ({ port, ...notes }) => noting({ table: 'Logical_Router_Port', where: [['_uuid', '==', port]] }, notes),
  );
}
