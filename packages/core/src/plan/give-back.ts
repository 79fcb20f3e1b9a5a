import { originKey } from '@berth/api';
import { isMap, isSet, type Row, type Snapshot, type Value } from '@berth/ovsdb/value';
import type { DesiredRow } from '../compile/row.ts';
import { keeperChassis } from '../fabric/keeper.ts';
import { witnessPrefix } from '../intent/witness.ts';
import type { Change, Plan } from './change.ts';
import { formerIn, formerValue, isAsMade, ownPrefix, parseFormer } from './former.ts';
import { leftBehind } from './left-behind.ts';
import type { PlanInput } from './match.ts';
import { causeOf, type ObservedRow, observe, ownerOf } from './observed.ts';
import { planned } from './plan.ts';
import { deletion } from './row-change.ts';
import { tunnelBfdPlan } from './tunnel-bfd.ts';

/**
 * The plan that takes the marks of one Berth off its rows, so that somebody else can go on with them. A row that was taken
 * over gets back what taking it over changed, as far as nothing was changed again since. Rows that only Berth has go: the
 * keepers of gateway groups, witnesses, and the default routes that no Vpc spells out. Every other row stays and works as it does; what
 * cannot be as it was before is told on the object.
 */
export function giveBack(input: PlanInput): Plan {
  const { observed: snapshot, tables, instance, db } = input;
  const observed = observe(snapshot, tables);
  const rows = [...observed.byUuid.values()].filter(({ row }) => ownerOf(row) === instance);
  const implied = new Set(input.desired.filter(isImpliedRoute).map(({ uuid }) => uuid));
  const goes = (each: ObservedRow): boolean =>
    formerIn(each.row['external_ids']) === undefined && (isOnlyOurs(each) || implied.has(each.row._uuid));
  const writes = rows.filter((each) => !goes(each)).map((each) => released(each, observed.keyOf(each), db));
  const removals = rows.filter(goes).map((each) => deletion(input, each, observed.keyOf(each)));
  const { change } = tunnelBfdPlan(undefined, snapshot, instance);
  const told = leftBehind(rows, input);
  const plan = planned(writes, removals, told, { tables, observed: snapshot, nodeNames: input.nodeNames });
  if (!change) return plan;
  const { changes, findings, summary } = plan;
  return { changes: [...changes, change], findings, summary: { ...summary, update: summary.update + 1 } };
}

/** How many rows of a snapshot are an instance's, and how many of those it took over: what {@link giveBack} can give back. */
export function ownRows(
  snapshot: Snapshot,
  tables: ReadonlySet<string>,
  instance: string,
): { readonly all: number; readonly takenOver: number } {
  const own = [...tables].flatMap((table) =>
    [...snapshot.table(table)].filter((row) => ownerOf(row) === instance),
  );
  const takenOver = own.filter((row) => formerIn(row['external_ids']) !== undefined);
  return { all: own.length, takenOver: takenOver.length };
}

function released({ table, row }: ObservedRow, key: readonly string[], db: PlanInput['db']): Change {
  const cause = causeOf(row);
  return {
    verb: 'update',
    db,
    table,
    uuid: row._uuid,
    key,
    unit: `given back/${formRef(row)}`,
    cause,
    origins: [],
    columns: columnsOf(row),
    interrupts: null,
  };
}

/** One unit for all rows of an object, so that one that is refused keeps no other from being given back. */
function formRef(row: Row): string {
  const ids = row['external_ids'];
  return String((isMap(ids) && ids.get(originKey)) ?? '');
}

function columnsOf(row: Row): Change['columns'] {
  const ids = row['external_ids'];
  const former = parseFormer(formerIn(ids) ?? '');
  const columns: Record<string, { old: Value; new: Value }> = {};
  for (const [name, each] of former?.columns ?? [])
    if (isAsMade(row[name], each)) columns[name] = { old: row[name], new: formerValue(each) };
  const kept = new Map(isMap(ids) ? [...ids].filter(([key]) => !String(key).startsWith(ownPrefix)) : []);
  for (const [key, each] of former?.ids ?? []) {
    if (!isAsMade(kept.get(key), each)) continue;
    const value = formerValue(each);
    if (typeof value === 'string') kept.set(key, value);
    else kept.delete(key);
  }
  return { ...columns, external_ids: { old: ids, new: kept } };
}

/** Rows that stand for nothing that anybody else would have made. */
function isOnlyOurs({ table, row }: ObservedRow): boolean {
  if (table === 'Gateway_Chassis') return row['chassis_name'] === keeperChassis;
  if (table !== 'Logical_Switch_Port') return false;
  const addresses = row['addresses'];
  return String(row['name']).startsWith(witnessPrefix) && isSet(addresses) && addresses.size === 0;
}

function isImpliedRoute({ table, origins }: DesiredRow): boolean {
  return (
    table === 'Logical_Router_Static_Route' &&
    !origins.some(({ field }) => field?.startsWith('spec.staticRoutes'))
  );
}
