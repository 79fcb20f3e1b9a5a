import type { Uuid } from '@berth/ovsdb/value';
import { tableKeys } from '../compile/key.ts';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import type { PlanInput } from './match.ts';
import { causeOf, type Observed, type ObservedRow, ownerOf } from './observed.ts';

/**
 * Rows of ours that nobody wants any more, children first. One that is all that keeps a row of somebody else, or one
 * that waits, would take it along: it stays, with a finding, until the other is gone. Not so in Open_vSwitch: what OVN
 * plugs into a bridge of ours goes with the bridge.
 */
export function leftovers(
  { byUuid, keyOf }: Observed,
  { db, instance }: Pick<PlanInput, 'db' | 'instance'>,
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
  const needed = db === 'OVS' ? new Set<Uuid>() : neededByOthers(childrenFirst, unwanted, wanted);
  for (const each of childrenFirst)
    if (needed.has(each.row._uuid)) findings.push(holdsOthers(each, keyOf(each), db));
  return childrenFirst.filter(({ row }) => unwanted.has(row._uuid) && !needed.has(row._uuid));
}

/** Unwanted rows without which a row that is to stay, and is not held by another, would be collected. */
function neededByOthers(
  childrenFirst: readonly ObservedRow[],
  unwanted: ReadonlySet<string>,
  wanted: ReadonlySet<string>,
): ReadonlySet<Uuid> {
  const needed = new Set<Uuid>();
  for (const { table, row, parents } of childrenFirst) {
    if (tableKeys[table]?.isRoot) continue;
    const goes = unwanted.has(row._uuid) && !needed.has(row._uuid);
    const moves = wanted.has(row._uuid);
    if (goes || moves || !parents.every(({ uuid }) => unwanted.has(uuid))) continue;
    for (const { uuid } of parents) needed.add(uuid);
  }
  return needed;
}

function holdsOthers({ table, row }: ObservedRow, key: readonly string[], db: PlanInput['db']): Finding {
  return finding('row-clash', {
    object: causeOf(row),
    message: `the ${table} row ${key.join(' ')} (${row._uuid}) is not needed any more but holds rows that Berth may not remove`,
    cure: 'remove these rows: it goes with the next pass',
    rows: [{ db, table, uuid: row._uuid }],
  });
}
