import { formatRef } from '@berth/api';
import type { Uuid } from '@berth/ovsdb/value';
import { spokenKey, tableKeys } from '../compile/key.ts';
import { givenBackRows } from '../fabric/given-back.ts';
import type { Finding } from '../finding/finding.ts';
import { list, shortened } from '../finding/list.ts';
import { finding } from '../finding/make.ts';
import { removalOf } from './clash.ts';
import type { PlanInput } from './match.ts';
import { causeOf, type Observed, type ObservedRow, ownerOf } from './observed.ts';

/**
 * Rows of ours that nobody wants any more, children first. One that is all that keeps a row of somebody else, or one
 * that waits, would take it along: it stays, with a finding, until the other is gone. Not so in Open_vSwitch: what OVN
 * plugs into a bridge of ours goes with the bridge.
 */
export function leftovers(
  { byUuid, keyOf }: Observed,
  { db, instance, observed }: Pick<PlanInput, 'db' | 'instance' | 'observed'>,
  wanted: ReadonlySet<string>,
  waiting: ReadonlySet<Uuid>,
  findings: Finding[],
): readonly ObservedRow[] {
  const childrenFirst = [...byUuid.values()].reverse();
  const unwanted = new Set<Uuid>();
  for (const { row } of childrenFirst) {
    const { _uuid: uuid } = row;
    if (!wanted.has(uuid) && !waiting.has(uuid) && ownerOf(row) === instance) unwanted.add(uuid);
  }
  if (unwanted.size === 0) return [];
  const needed =
    db === 'OVS' ? new Map<Uuid, readonly ObservedRow[]>() : neededByOthers(childrenFirst, unwanted, wanted);
  for (const each of childrenFirst) {
    const others = needed.get(each.row._uuid);
    if (others) findings.push(holdsOthers({ db, keyOf, given: givenBackRows(observed) }, each, others));
  }
  const stays = needed.size === 0 ? new Set<Uuid>() : localnetsOf(childrenFirst, needed);
  return childrenFirst.filter(
    ({ row: { _uuid: uuid } }) => unwanted.has(uuid) && !needed.has(uuid) && !stays.has(uuid),
  );
}

/** Unwanted rows without which rows that are to stay, and are not held by another, would be collected; each with these. */
function neededByOthers(
  childrenFirst: readonly ObservedRow[],
  unwanted: ReadonlySet<string>,
  wanted: ReadonlySet<string>,
): ReadonlyMap<Uuid, readonly ObservedRow[]> {
  const needed = new Map<Uuid, readonly ObservedRow[]>();
  for (const each of childrenFirst) {
    const { table, row, parents } = each;
    if (tableKeys[table]?.isRoot) continue;
    const goes = unwanted.has(row._uuid) && !needed.has(row._uuid);
    const moves = wanted.has(row._uuid);
    if (goes || moves || !parents.every(({ uuid }) => unwanted.has(uuid))) continue;
    const others = needed.get(row._uuid) ?? [each];
    for (const { uuid } of parents) needed.set(uuid, [...(needed.get(uuid) ?? []), ...others]);
  }
  return needed;
}

/** The ports to the physical network of switches that stay: without these what they hold for others would lead nowhere. */
function localnetsOf(
  rows: readonly ObservedRow[],
  needed: ReadonlyMap<Uuid, readonly ObservedRow[]>,
): ReadonlySet<Uuid> {
  const localnets = rows.filter(
    ({ table, row, parents }) =>
      table === 'Logical_Switch_Port' &&
      row['type'] === 'localnet' &&
      parents.some(({ uuid }) => needed.has(uuid)),
  );
  return new Set(localnets.map(({ row }) => row._uuid));
}

/** How many rows are named: more would not be a line. */
const named = 3;

/** A row that nobody needs but for `others`, which it holds, if only by rows between. */
function holdsOthers(
  {
    db,
    keyOf,
    given,
  }: Pick<Observed, 'keyOf'> & Pick<PlanInput, 'db'> & { readonly given: ReadonlySet<Uuid> },
  each: ObservedRow,
  others: readonly ObservedRow[],
): Finding {
  const { table, row } = each;
  const object = causeOf(row);
  const names = others.map((other) => `${other.table} ${spokenKey(keyOf(other))} (${other.row._uuid})`);
  const isGiven = others.some(({ row: { _uuid: uuid } }) => given.has(uuid));
  const commands = others
    .slice(0, named)
    .flatMap((other) => removalOf({ table: other.table, key: keyOf(other) }, other.row) ?? []);
  const again = object === undefined ? '' : `; to keep both make ${formatRef(object)} again`;
  const removal = `remove what it holds${commands.length === 0 ? '' : ` (${commands.join('; ')})`}: the row goes with the next pass then`;
  return finding('row-clash', {
    object,
    message: `the ${table} row ${spokenKey(keyOf(each))} (${row._uuid}) is not needed any more and stays for what it holds and Berth may not remove: ${list(shortened(names, named))}`,
    // What was given back is not to be removed for our sake.
    cure: `${isGiven ? 'what it holds was given back: the row goes once whoever has that removes it' : removal}${again}`,
    rows: [each, ...others].map((one) => ({ db, table: one.table, uuid: one.row._uuid })),
  });
}
