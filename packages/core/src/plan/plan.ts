import { formatRef, originKey, ownerKey } from '@berth/api';
import { type Columns, isMap, isUuid, type Uuid } from '@berth/ovsdb/value';
import { referenceColumns } from '../compile/key.ts';
import { offered } from '../compile/offers.ts';
import type { DesiredRow } from '../compile/row.ts';
import type { Finding } from '../finding/finding.ts';
import { sortFindings } from '../finding/make.ts';
import type { Origin } from '../finding/origin.ts';
import type { Change, Plan } from './change.ts';
import { changedColumns } from './columns.ts';
import { withInterruptions } from './interrupt.ts';
import { leftovers } from './leftovers.ts';
import { type Matched, match, type PlanInput } from './match.ts';
import { causeOf, type Observed, type ObservedRow, observe } from './observed.ts';

/**
 * The smallest set of changes that makes the database hold the desired rows and no other row of ours.
 * Rows of others are never changed or removed; one that stands in the way is a finding, and what depends on it waits.
 * Changes come in an order that can be written: a row after the row that holds it, removals last and children first.
 */
export function plan(input: PlanInput): Plan {
  const observed = observe(input.observed, input.tables);
  const { rows, findings: unable } = offered(input.desired, input.observed.schema);
  const findings: Finding[] = [...unable];
  const { matched, waiting } = match({ ...input, desired: rows }, observed, findings);
  const wanted = new Set([...matched.values()].map(({ uuid }) => uuid));
  const changes = [
    ...[...matched.values()].flatMap((each) => writeChange(input, each, matched, observed)),
    ...leftovers(observed, input, wanted, waiting, findings).map((each) => deleteChange(input, each)),
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

function writeChange(
  input: PlanInput,
  each: Matched,
  matched: ReadonlyMap<Uuid, Matched>,
  observed: Observed,
): readonly Change[] {
  const { desired, uuid, found, foreign } = each;
  const parent = desired.parent && {
    ...desired.parent,
    uuid: matched.get(desired.parent.uuid)?.uuid ?? desired.parent.uuid,
  };
  const wanted = withReferences(
    withOwner(desired, input.instance),
    desired.table,
    (uuid) => matched.get(uuid)?.uuid ?? observed.byUuid.get(uuid)?.row._uuid,
  );
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
  const { table, key, unit, cause } = desired;
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
      origins: originsOf(desired, Object.keys(columns), verb),
      columns,
      ...(parent && !held && { parent }),
      ...(former.length > 0 && { formerParents: former }),
      interrupts: null,
    },
  ];
}

/** The fields behind a change: those of the columns that change, and on an insert those of the row itself too. */
function originsOf(desired: DesiredRow, columns: readonly string[], verb: Change['verb']): readonly Origin[] {
  const ofColumns = columns.flatMap((name) => desired.columnOrigins?.[name] ?? []);
  const all = verb === 'insert' || ofColumns.length === 0 ? [...desired.origins, ...ofColumns] : ofColumns;
  return [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];
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

/** The columns with the UUIDs that the rows they refer to really have; a reference to a row that clashes is left out. */
function withReferences(columns: Columns, table: string, uuidOf: (uuid: Uuid) => Uuid | undefined): Columns {
  const references = Object.keys(referenceColumns[table] ?? {}).flatMap((name) => {
    const value = columns[name];
    return typeof value === 'string' && isUuid(value) ? [[name, uuidOf(value)] as const] : [];
  });
  return references.length === 0 ? columns : { ...columns, ...Object.fromEntries(references) };
}
