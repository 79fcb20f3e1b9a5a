import { formerOrderPrefix } from '@berth/api';
import type { NbTables } from '@berth/ovn';
import { perObject } from '../memo/per-object.ts';
import { hasCarriedOut, type RowChange, readRowChange, rowChangeText } from './row-change.ts';

/**
 * The order of gateways that a router port had before a change of it. A chassis sends what leaves by the port to the first of them that it has a
 * live tunnel to, and one that stands still does so by the order that it was given last, whoever serves since.
 */
export type FormerOrder = {
  /** The key in `external_ids`. */
  readonly key: string;
  readonly change: RowChange;
  /** SB names of the members, the most preferred first. */
  readonly chassis: readonly string[];
};

/** The orders that a router port remembers, the oldest first. What cannot be read is left out. */
export const formerOrdersOf = perObject(
  ({ external_ids: ids }: NbTables['Logical_Router_Port']): readonly FormerOrder[] =>
    [...(ids ?? [])].flatMap(([key, value]) => readEntry(key, value) ?? []).sort(byChange),
);

function readEntry(key: string, value: string): FormerOrder | undefined {
  if (!key.startsWith(formerOrderPrefix)) return undefined;
  const change = readRowChange(key.slice(formerOrderPrefix.length));
  return change && { key, change, chassis: value.split(' ').filter((name) => name !== '') };
}

function byChange({ change: left }: FormerOrder, { change: right }: FormerOrder): number {
  return left.number - right.number || Number(left.isAfter) - Number(right.isAfter);
}

/** The key and the value that remember an order; the inverse of what {@link formerOrdersOf} does. */
export function formerOrderEntry(
  change: RowChange,
  chassis: readonly string[],
): readonly [key: string, value: string] {
  return [`${formerOrderPrefix}${rowChangeText(change)}`, chassis.join(' ')];
}

/**
 * The order that a chassis goes by that got as far as `done`, of orders with the oldest first: the one before the first change that it has not.
 * `unclear` where that cannot be told; undefined where it has the order of now.
 */
export function orderAt(orders: readonly FormerOrder[], done: number): FormerOrder | 'unclear' | undefined {
  const order = firstPending(orders, done);
  return order && (hasCarriedOut(done, order.change) === false ? order : 'unclear');
}

/** Of orders with the oldest first the keys of those that none of the chassis goes by, or will not be known to, that got so far. */
export function unneededOrders(orders: readonly FormerOrder[], done: Iterable<number>): readonly string[] {
  const needed = new Set<string>();
  for (const each of done) {
    const first = firstPending(orders, each);
    if (first) needed.add(first.key);
  }
  return orders.flatMap(({ key }) => (needed.has(key) ? [] : [key]));
}

/** The order before the first change of which it is not certain that a chassis has it that got as far as `done`. */
export function firstPending(orders: readonly FormerOrder[], done: number): FormerOrder | undefined {
  return orders.find(({ change }) => hasCarriedOut(done, change) !== true);
}
