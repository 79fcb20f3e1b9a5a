import type { Uuid } from '@berth/ovsdb/value';
import type { DesiredRow } from '../compile/row.ts';
import { match, type PlanInput } from './match.ts';
import { observe } from './observed.ts';

/**
 * The desired row behind each row, by the UUID that the row has or is to have: one that was taken over keeps its own. A row of somebody
 * else in the place of ours has none.
 */
export function desiredBehind(input: PlanInput): ReadonlyMap<Uuid, DesiredRow> {
  const { desired, observed, tables } = input;
  const own = desired.map((row) => [row.uuid, row] as const);
  if (desired.every(({ table, uuid }) => observed.table(table).get(uuid) !== undefined)) return new Map(own);
  const { matched } = match(input, observe(observed, tables));
  return new Map([...own, ...[...matched.values()].map((each) => [each.uuid, each.desired] as const)]);
}
