import { type Change, type LingerChanges, lingerChanges, outdatedMarks, type RowChange } from '@berth/core';
import type { Operation } from '@berth/ovsdb';
import type { Ovn } from '../ovn/ovn.ts';
import { noting } from './noting.ts';

/** The operations that leave a mark in NB of each address that changes take from a chassis, and take marks away that nobody needs any more. */
export function lingerOperations(
  changes: readonly Change[],
  at: RowChange,
  { northbound, southbound }: Pick<Ovn, 'northbound' | 'southbound'>,
): readonly Operation[] {
  return marking(lingerChanges(changes, at, northbound.snapshot(), southbound.snapshot()));
}

/** The operations that take away the marks that nobody needs any more; none while every one is needed. */
export function outdatedMarkOperations({
  northbound,
  southbound,
}: Pick<Ovn, 'northbound' | 'southbound'>): readonly Operation[] {
  return marking({ added: new Map(), dropped: outdatedMarks(northbound.snapshot(), southbound.snapshot()) });
}

function marking(changes: LingerChanges): readonly Operation[] {
  return noting({ table: 'NB_Global', where: [] }, changes);
}
