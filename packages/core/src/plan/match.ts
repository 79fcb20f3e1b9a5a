import type { Snapshot, Uuid } from '@berth/ovsdb/value';
import type { DesiredRow } from '../compile/row.ts';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { type Observed, type ObservedRow, ownerOf, parentsFirst } from './observed.ts';

/** What to compare, and on whose behalf. */
export type PlanInput = {
  readonly db: 'NB' | 'OVS';
  readonly desired: readonly DesiredRow[];
  readonly observed: Snapshot;
  /** Tables that this plan is about: rows of ours in them that nobody wants are removed. */
  readonly tables: ReadonlySet<string>;
  /** Rows that carry this owner are ours. */
  readonly instance: string;
  /** Take over rows that someone else made under the natural key of one of ours; otherwise they are clashes. */
  readonly adopt?: boolean;
};

/** A desired row and the row it is in the database. */
export type Matched = {
  readonly desired: DesiredRow;
  /** Its UUID there: the desired one, unless the row was made by someone else. */
  readonly uuid: Uuid;
  readonly found: ObservedRow | undefined;
  /** Whether it is not marked as ours. */
  readonly foreign: boolean;
};

/** What became of the desired rows. */
export type Matching = {
  /** By desired UUID, parents first. */
  readonly matched: ReadonlyMap<Uuid, Matched>;
  /** Rows that are there but cannot be judged, because what is to hold them clashes: they stay as they are. */
  readonly waiting: ReadonlySet<Uuid>;
};

/** Finds for each desired row the row that is it, parents first. Rows that clash, and rows held by those, are left out. */
export function match(input: PlanInput, observed: Observed, findings: Finding[]): Matching {
  const matched = new Map<Uuid, Matched>();
  const waiting = new Set<Uuid>();
  for (const desired of inOrder(input.desired)) {
    const found = observed.byUuid.get(desired.uuid) ?? observed.withKey(desired.table, desired.key);
    const holder = desired.parent && matched.get(desired.parent.uuid);
    if (desired.parent && !holder && !isFixedParent(input, desired)) {
      if (found) waiting.add(found.row._uuid);
      continue;
    }
    const owner = found && ownerOf(found.row);
    const foreign =
      found !== undefined &&
      owner !== input.instance &&
      !(owner === undefined && found.row._uuid === desired.uuid);
    if (foreign && !input.adopt) findings.push(clash(desired, found, owner));
    else matched.set(desired.uuid, { desired, uuid: found?.row._uuid ?? desired.uuid, found, foreign });
  }
  return { matched, waiting };
}

/** A parent that is not among the desired rows but exists, as the root row of Open_vSwitch does. */
function isFixedParent(input: PlanInput, { parent }: DesiredRow): boolean {
  return (
    parent !== undefined &&
    !input.tables.has(parent.table) &&
    input.observed.table(parent.table).get(parent.uuid) !== undefined
  );
}

/** Rows after the rows that hold them. */
function inOrder(desired: readonly DesiredRow[]): readonly DesiredRow[] {
  const byTable = Map.groupBy(desired, ({ table }) => table);
  return parentsFirst(byTable.keys()).flatMap((table) => byTable.get(table) ?? []);
}

function clash(desired: DesiredRow, { row, table }: ObservedRow, owner: string | undefined): Finding {
  const whose = owner === undefined ? 'was not made by Berth' : `belongs to the Berth instance ${owner}`;
  return finding('row-clash', {
    object: desired.cause,
    field: desired.origins[0]?.field,
    message: `the ${table} row ${desired.key.join(' ')} (${row._uuid}) ${whose}`,
    cure:
      owner === undefined
        ? 'remove the row, or take it over with --adopt'
        : `let one of the two instances go`,
  });
}
