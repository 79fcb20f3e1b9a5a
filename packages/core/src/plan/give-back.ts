import { originKey } from '@berth/api';
import { isMap, isSet, type Row, type Snapshot, type Uuid, type Value } from '@berth/ovsdb/value';
import type { DesiredRow } from '../compile/row.ts';
import { givenBackRows } from '../fabric/given-back.ts';
import { keeperChassis } from '../fabric/keeper.ts';
import type { ObjectRef } from '../finding/finding.ts';
import type { RowId } from '../finding/row-id.ts';
import { witnessPrefix } from '../intent/gateway/witness.ts';
import type { Change, Plan } from './change.ts';
import { formerIn, formerValue, isAsMade, ownPrefix, parseFormer } from './former.ts';
import { formerAddresses } from './former-address.ts';
import { membersInOrder } from './former-priority.ts';
import { notingChange } from './given-back.ts';
import { leftBehind } from './left-behind.ts';
import { mapEntry } from './map-entry.ts';
import type { PlanInput } from './match.ts';
import { causeOf, type Observed, type ObservedRow, observe, ownerOf } from './observed.ts';
import { planned } from './plan.ts';
import { deletion } from './row-change.ts';
import { sameMeaning } from './spelling.ts';
import { tunnelBfdPlan } from './tunnel-bfd.ts';

/** What is Berth's own of an object, and stays it when the rows that were taken over are given back. */
export type Staying = { readonly object: ObjectRef | undefined; readonly rows: readonly RowId[] };

/** What giving back comes to. */
export type GivenBack = {
  readonly plan: Plan;
  /** By object, those with most rows first. */
  readonly staying: readonly Staying[];
  /** Objects of which a row is given back, by this plan or by one before it. */
  readonly given: readonly ObjectRef[];
};

/**
 * The plan that gives back the rows that one Berth took over, so that somebody else can go on with them: their marks go, and each is
 * again as before as far as nothing was changed since. What Berth made itself was nobody else's and stays as it is, marks and all.
 * Only what stands for nothing beside a Berth goes from rows that are given back: keepers of gateway groups, witnesses, and the default
 * routes that no Vpc spells out. What cannot be as it was before is told on the object.
 */
export function giveBack(input: PlanInput): GivenBack {
  const { observed: snapshot, tables, instance, db, nodeNames } = input;
  const observed = observe(snapshot, tables);
  const { taken, needless, own } = sorted(observed, input);
  const inOrder = membersInOrder(snapshot);
  const stays = (uuid: Uuid, column: string): boolean => column === 'priority' && inOrder.has(uuid);
  const writes = taken.map((each) => released(each, observed.keyOf(each), { db, observed: snapshot, stays }));
  const removals = needless.map((each) => deletion(input, each, observed.keyOf(each)));
  const plan = planned(writes, removals, leftBehind(taken, input), { tables, observed: snapshot, nodeNames });
  const { change } = tunnelBfdPlan(undefined, snapshot, instance);
  const isThere = (uuid: Uuid): boolean => observed.byUuid.has(uuid);
  const noting = notingChange(rootsOf(taken), { observed: snapshot, instance, isThere });
  const others = [noting, change].filter((each) => each !== undefined);
  const now = taken.flatMap(({ row }) => causeOf(row) ?? []);
  return {
    plan: withUpdates(plan, others),
    staying: stayingOf(own, db),
    given: [...now, ...givenBefore(input, observed)],
  };
}

/** The objects whose rows were given back before: rows that are noted, and what hangs on them, without a mark. */
function givenBefore({ desired, observed: nb }: PlanInput, { byUuid, withKey }: Observed): ObjectRef[] {
  const noted = givenBackRows(nb);
  if (noted.size === 0) return [];
  const isGiven = (each: ObservedRow | undefined): boolean =>
    each !== undefined &&
    ownerOf(each.row) === undefined &&
    (noted.has(each.row._uuid) || each.parents.some(({ uuid }) => isGiven(byUuid.get(uuid))));
  return desired.flatMap(({ table, key, cause }) => (cause && isGiven(withKey(table, key)) ? [cause] : []));
}

/** The rows of which no other that goes with them holds them. */
function rootsOf(taken: readonly ObservedRow[]): readonly Uuid[] {
  const all = new Set(taken.map(({ row }) => row._uuid));
  return taken
    .filter(({ parents }) => !parents.some(({ uuid }) => all.has(uuid)))
    .map(({ row }) => row._uuid);
}

/** The rows of an instance: those it took over, those of its own that nobody needs once these are given back, and the others. */
function sorted(
  { byUuid }: Observed,
  { desired, instance }: Pick<PlanInput, 'desired' | 'instance'>,
): Readonly<Record<'taken' | 'needless' | 'own', readonly ObservedRow[]>> {
  const rows = [...byUuid.values()].filter(({ row }) => ownerOf(row) === instance);
  const taken = rows.filter(({ row }) => isTaken(row));
  const given = new Set(taken.map(({ row }) => row._uuid));
  const implied = new Set(desired.filter(isImpliedRoute).map(({ uuid }) => uuid));
  const isNeedless = (each: ObservedRow): boolean =>
    (isOnlyOurs(each) || implied.has(each.row._uuid)) && each.parents.some(({ uuid }) => given.has(uuid));
  const made = rows.filter(({ row }) => !isTaken(row));
  return { taken, needless: made.filter(isNeedless), own: made.filter((each) => !isNeedless(each)) };
}

function isTaken({ external_ids: ids }: Row): boolean {
  return formerIn(ids) !== undefined;
}

function stayingOf(own: readonly ObservedRow[], db: PlanInput['db']): readonly Staying[] {
  const byObject = Map.groupBy(own, ({ row }) => formRef(row));
  return [...byObject.values()]
    .map((rows): Staying => {
      const object = rows[0] && causeOf(rows[0].row);
      return { object, rows: rows.map(({ table, row }) => ({ db, table, uuid: row._uuid })) };
    })
    .toSorted((left, right) => right.rows.length - left.rows.length);
}

/** What is noted goes first: a row without its mark and without the note would be taken for one in the way. */
function withUpdates({ changes, findings, summary }: Plan, others: readonly Change[]): Plan {
  const update = summary.update + others.length;
  return { changes: [...others, ...changes], findings, summary: { ...summary, update } };
}

/**
 * How many rows of a snapshot are an instance's, and how many of those it took over: what {@link giveBack} can give back; and how many that it gave back
 * are there still.
 */
export function ownRows(
  snapshot: Snapshot,
  tables: ReadonlySet<string>,
  instance: string,
): { readonly all: number; readonly takenOver: number; readonly givenBack: number } {
  const noted = givenBackRows(snapshot);
  const givenBack = [...tables].flatMap((table) =>
    [...snapshot.table(table)].filter((row) => noted.has(row._uuid) && ownerOf(row) === undefined),
  );
  const own = [...tables].flatMap((table) =>
    [...snapshot.table(table)].filter((row) => ownerOf(row) === instance),
  );
  const takenOver = own.filter(isTaken);
  return { all: own.length, takenOver: takenOver.length, givenBack: givenBack.length };
}

type Releasing = Pick<PlanInput, 'db' | 'observed'> & {
  /** Whether a column of a row stays as it is, though another value is remembered. */
  stays(uuid: Uuid, column: string): boolean;
};

function released({ table, row }: ObservedRow, key: readonly string[], { db, ...scene }: Releasing): Change {
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
    columns: columnsOf(row, scene),
    interrupts: null,
  };
}

/** One unit for all rows of an object, so that one that is refused keeps no other from being given back. */
function formRef(row: Row): string {
  return String(mapEntry(row['external_ids'], originKey) ?? '');
}

function columnsOf(row: Row, { observed: nb, stays }: Omit<Releasing, 'db'>): Change['columns'] {
  const ids = row['external_ids'];
  const former = parseFormer(formerIn(ids) ?? '');
  const columns: Record<string, { old: Value; new: Value }> = {};
  const other = formerAddresses(row, nb)?.isOfOtherMac ? 'addresses' : undefined;
  const isKept = (name: string): boolean => name === other || stays(row._uuid, name);
  for (const [name, each] of former?.columns ?? [])
    if (!isKept(name) && isAsMade(row[name], each) && !sameMeaning(name, row[name], formerValue(each)))
      columns[name] = { old: row[name], new: formerValue(each) };
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
