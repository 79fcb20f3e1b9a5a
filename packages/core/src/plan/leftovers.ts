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
  { byUuid }: Observed,
  { db, instance }: Pick<PlanInput, 'db' | 'instance'>,
  wanted: ReadonlySet<Uuid>,
  waiting: ReadonlySet<Uuid>,
  findings: Finding[],
): readonly ObservedRow[] {
  const childrenFirst = [...byUuid.values()].reverse();
  const unwanted = new Set(
    childrenFirst
      .filter(({ row }) => ownerOf(row) === instance && !wanted.has(row._uuid) && !waiting.has(row._uuid))
      .map(({ row }) => row._uuid),
  );
  const needed = db === 'OVS' ? new Set<Uuid>() : neededByOthers(childrenFirst, unwanted, wanted);
  findings.push(...childrenFirst.filter(({ row }) => needed.has(row._uuid)).map(holdsOthers));
  return childrenFirst.filter(({ row }) => unwanted.has(row._uuid) && !needed.has(row._uuid));
}

/** Unwanted rows without which a row that is to stay, and is not held by another, would be collected. */
function neededByOthers(
  childrenFirst: readonly ObservedRow[],
  unwanted: ReadonlySet<Uuid>,
  wanted: ReadonlySet<Uuid>,
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

function holdsOthers({ table, key, row }: ObservedRow): Finding {
  return finding('row-clash', {
    object: causeOf(row),
    message: `the ${table} row ${key.join(' ')} (${row._uuid}) is not needed any more but holds rows that Berth may not remove`,
    cure: 'remove these rows: it goes with the next pass',
  });
}
