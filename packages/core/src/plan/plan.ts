import { formatRef, originKey, ownerKey } from '@berth/api';
import { type Columns, isMap, type Snapshot, type Uuid } from '@berth/ovsdb/value';
import { keyText } from '../compile/key.ts';
import type { DesiredRow } from '../compile/row.ts';
import type { Finding } from '../finding/finding.ts';
import { finding, sortFindings } from '../finding/make.ts';
import type { Change, Plan } from './change.ts';
import { changedColumns } from './columns.ts';
import { withInterruptions } from './interrupt.ts';
import { causeOf, type ObservedRow, observe, ownerOf, parentsFirst } from './observed.ts';

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

type Matched = {
  readonly desired: DesiredRow;
  readonly uuid: Uuid;
  readonly found: ObservedRow | undefined;
  readonly foreign: boolean;
};

/**
 * The smallest set of changes that makes the database hold the desired rows and no other row of ours.
 * Rows of others are never changed or removed; one that stands in the way is a finding, and what depends on it waits.
 * Changes come in an order that can be written: a row after the row that holds it, removals last and children first.
 */
export function plan(input: PlanInput): Plan {
  const observed = observe(input.observed, input.tables);
  const findings: Finding[] = [];
  const matched = match(input, observed, findings);
  const wanted = new Set([...matched.values()].map(({ uuid }) => uuid));
  const changes = [
    ...[...matched.values()].flatMap((each) => writeChange(input, each, matched)),
    ...[...observed.byUuid.values()]
      .filter(({ row }) => ownerOf(row) === input.instance && !wanted.has(row._uuid))
      .reverse()
      .map((each) => deleteChange(input, each)),
  ];
  const explained = withInterruptions(changes, input.observed);
  return { changes: explained, findings: sortFindings(findings), summary: summarize(explained) };
}

/** Counts of a plan's changes. */
function summarize(changes: readonly Change[]): Plan['summary'] {
  const count = (verb: Change['verb']): number => changes.filter((change) => change.verb === verb).length;
  return {
    insert: count('insert'),
    update: count('update'),
    delete: count('delete'),
    adopt: count('adopt'),
    interrupting: changes.filter(({ interrupts }) => interrupts !== null).length,
  };
}

/** Finds for each desired row the row that is it, parents first. Rows that clash, and rows held by those, are left out. */
function match(
  input: PlanInput,
  observed: ReturnType<typeof observe>,
  findings: Finding[],
): Map<Uuid, Matched> {
  const matched = new Map<Uuid, Matched>();
  for (const desired of inOrder(input.desired)) {
    const holder = desired.parent && matched.get(desired.parent.uuid);
    if (desired.parent && !holder && !isFixedParent(input, desired)) continue;
    const found =
      observed.byUuid.get(desired.uuid) ?? observed.byKey.get(keyText(desired.table, desired.key))?.[0];
    const owner = found && ownerOf(found.row);
    const foreign =
      found !== undefined &&
      owner !== input.instance &&
      !(owner === undefined && found.row._uuid === desired.uuid);
    if (foreign && !input.adopt) findings.push(clash(desired, found, owner));
    else matched.set(desired.uuid, { desired, uuid: found?.row._uuid ?? desired.uuid, found, foreign });
  }
  return matched;
}

/** A parent that is not among the desired rows but exists, as the root row of Open_vSwitch does. */
function isFixedParent(input: PlanInput, { parent }: DesiredRow): boolean {
  return (
    parent !== undefined &&
    !input.tables.has(parent.table) &&
    input.observed.table(parent.table).get(parent.uuid) !== undefined
  );
}

function inOrder(desired: readonly DesiredRow[]): readonly DesiredRow[] {
  const rank = new Map(
    parentsFirst(new Set(desired.map(({ table }) => table))).map((table, index) => [table, index]),
  );
  const position = (row: DesiredRow): number => rank.get(row.table) ?? 0;
  const text = (row: DesiredRow): string => `${row.unit}\0${keyText(row.table, row.key)}`;
  return desired
    .map((row) => ({ row, text: text(row) }))
    .sort(
      (left, right) =>
        position(left.row) - position(right.row) ||
        (left.text < right.text ? -1 : left.text > right.text ? 1 : 0),
    )
    .map(({ row }) => row);
}

function writeChange(
  input: PlanInput,
  each: Matched,
  matched: ReadonlyMap<Uuid, Matched>,
): readonly Change[] {
  const { desired, uuid, found, foreign } = each;
  const parent = desired.parent && {
    ...desired.parent,
    uuid: matched.get(desired.parent.uuid)?.uuid ?? desired.parent.uuid,
  };
  const wanted = withOwner(desired, input.instance);
  const columns = found
    ? changedColumns(found.row, wanted)
    : Object.fromEntries(
        Object.entries(wanted).map(([name, value]) => [name, { old: undefined, new: value }]),
      );
  const held =
    !parent ||
    (found?.parents.some((holder) => holder.uuid === parent.uuid && holder.column === parent.column) ??
      false);
  const former = found?.parents.filter((holder) => parent && holder.uuid !== parent.uuid) ?? [];
  if (found && held && former.length === 0 && Object.keys(columns).length === 0) return [];
  const { table, key, unit, cause, origins } = desired;
  const verb = found ? (foreign ? 'adopt' : 'update') : 'insert';
  return [
    {
      verb,
      db: input.db,
      table,
      uuid,
      key,
      unit,
      cause,
      origins: [...origins, ...Object.keys(columns).flatMap((name) => desired.columnOrigins?.[name] ?? [])],
      columns,
      ...(parent && !held && { parent }),
      ...(former.length > 0 && { formerParents: former }),
      interrupts: null,
    },
  ];
}

function deleteChange(input: PlanInput, { table, row, key, parents }: ObservedRow): Change {
  const { _uuid: uuid, ...columns } = row;
  return {
    verb: 'delete',
    db: input.db,
    table,
    uuid,
    key,
    unit: 'leftover',
    cause: causeOf(row),
    origins: [],
    columns: Object.fromEntries(
      Object.entries(columns).map(([name, value]) => [name, { old: value, new: undefined }]),
    ),
    ...(parents.length > 0 && { formerParents: parents }),
    interrupts: null,
  };
}

/** The desired columns with the marks that say whose the row is and what it is for. */
function withOwner(desired: DesiredRow, instance: string): Columns {
  const ids = desired.columns['external_ids'];
  const marks = [
    [ownerKey, instance],
    [originKey, formatRef(desired.cause)],
  ] as const;
  return { ...desired.columns, external_ids: new Map([...(isMap(ids) ? ids : []), ...marks]) };
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
