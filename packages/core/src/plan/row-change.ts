import { formatRef, formerKey, originKey, ownerKey } from '@berth/api';
import { type Columns, isMap, isUuid, type Row, type Uuid } from '@berth/ovsdb/value';
import { referenceColumns } from '../compile/key.ts';
import type { DesiredRow } from '../compile/row.ts';
import type { Origin } from '../finding/origin.ts';
import type { Change } from './change.ts';
import { changedColumns, holdsJust, isRemembered } from './columns.ts';
import { amendedFormer, formerIn, formerText, withLifted } from './former.ts';
import type { Matched, PlanInput } from './match.ts';
import { causeOf, type ObservedRow } from './observed.ts';
import { mayStay } from './spelling.ts';

/** The UUID that a row has in the database, by the one it is desired with; undefined when it is neither there nor to come. */
export type UuidOf = (desired: Uuid) => Uuid | undefined;

type Asking = Pick<PlanInput, 'db' | 'instance'>;

/** The change that makes a row as it is desired; undefined when it is so already. */
export function writing(
  { db, instance }: Asking,
  { desired, uuid, found, foreign }: Matched,
  uuidOf: UuidOf,
): Change | undefined {
  const { table, key, unit, cause } = desired;
  const parent = desired.parent && {
    ...desired.parent,
    uuid: uuidOf(desired.parent.uuid) ?? desired.parent.uuid,
  };
  const own = withReferences(desired.columns, table, uuidOf);
  const held =
    !parent ||
    (found?.parents.some((holder) => holder.uuid === parent.uuid && holder.column === parent.column) ??
      false);
  const former = parent && found ? found.parents.filter((holder) => holder.uuid !== parent.uuid) : [];
  if (found && held && former.length === 0 && isAsDesired(found.row, own, instance, desired))
    return undefined;
  const wanted = withOwner(own, desired, instance);
  const changed = found
    ? changedColumns(found.row, wanted)
    : Object.fromEntries(
        Object.entries(wanted).map(([name, value]) => [name, { old: undefined, new: value }]),
      );
  if (found && held && former.length === 0 && Object.keys(changed).length === 0) return undefined;
  const columns = found ? remembering(changed, found.row, foreign, table) : changed;
  const verb = found ? (foreign ? 'adopt' : 'update') : 'insert';
  return {
    verb,
    db,
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
  };
}

/** The changes with what the row is to remember of the time before it was taken over. */
function remembering(
  columns: Change['columns'],
  row: Row,
  foreign: boolean,
  table: string,
): Change['columns'] {
  return foreign ? withFormer(columns, row) : withAmended(columns, row, table);
}

/** The changes with the mark that remembers what was there; one that a row has already is older, and stays. */
function withFormer(columns: Change['columns'], row: Row): Change['columns'] {
  const ids = columns['external_ids'];
  if (!ids || !isMap(ids.new) || formerIn(row['external_ids']) !== undefined) return columns;
  const marked = new Map([...ids.new, [formerKey, formerText(columns)] as const]);
  return { ...columns, external_ids: { old: ids.old, new: marked } };
}

/** The changes with the mark of a row that was taken over as it is after them. */
function withAmended(columns: Change['columns'], row: Row, table: string): Change['columns'] {
  const former = formerIn(row['external_ids']);
  if (former === undefined) return columns;
  const amended =
    table === 'Logical_Router_Port' ? withLifted(former, columns) : amendedFormer(former, table, columns);
  const ids = columns['external_ids']?.new ?? row['external_ids'];
  if (amended === former || !isMap(ids)) return columns;
  const marked = new Map([...ids, [formerKey, amended] as const]);
  return { ...columns, external_ids: { old: row['external_ids'], new: marked } };
}

/** The change that removes a row nobody asks for any more. */
export function deletion(
  { db }: Asking,
  { table, row, parents }: ObservedRow,
  key: readonly string[],
): Change {
  const { _uuid: uuid, ...columns } = row;
  return {
    verb: 'delete',
    db,
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

/** Whether a row needs no change: what most rows of most passes are, told without making anything. */
function isAsDesired(row: Row, columns: Columns, instance: string, { cause }: DesiredRow): boolean {
  for (const name in columns) {
    if (name !== 'external_ids' && !mayStay(name, row, columns)) return false;
  }
  const ids = row['external_ids'];
  if (!isMap(ids) || ids.get(ownerKey) !== instance || ids.get(originKey) !== formatRef(cause)) return false;
  const wanted = columns['external_ids'];
  const isMark = (key: string): boolean => key === ownerKey || key === originKey || isRemembered(key);
  return holdsJust(ids, isMap(wanted) ? wanted : new Map(), isMark);
}

/** The fields behind a change: those of the columns that change, and on an insert those of the row itself too. */
function originsOf(desired: DesiredRow, columns: readonly string[], verb: Change['verb']): readonly Origin[] {
  const ofColumns = columns.flatMap((name) => desired.columnOrigins?.[name] ?? []);
  const all = verb === 'insert' || ofColumns.length === 0 ? [...desired.origins, ...ofColumns] : ofColumns;
  return all.filter((each, place) => all.findIndex((other) => isSame(other, each)) === place);
}

function isSame(left: Origin, right: Origin): boolean {
  if (left === right) return true;
  const [one, other] = [left.object, right.object];
  if (left.field !== right.field || one.kind !== other.kind) return false;
  return one.name === other.name && one.namespace === other.namespace;
}

/** The columns with the marks that say whose the row is and what it is for. */
function withOwner(columns: Columns, { cause }: DesiredRow, instance: string): Columns {
  const ids = columns['external_ids'];
  const marks = [
    [ownerKey, instance],
    [originKey, formatRef(cause)],
  ] as const;
  return { ...columns, external_ids: new Map([...(isMap(ids) ? ids : []), ...marks]) };
}

/** The columns with the UUIDs that the rows they refer to really have; a reference to a row that clashes is left out. */
function withReferences(columns: Columns, table: string, uuidOf: UuidOf): Columns {
  const names = referenceColumns[table];
  if (names === undefined) return columns;
  const references = Object.keys(names).flatMap((name) => {
    const value = columns[name];
    return typeof value === 'string' && isUuid(value) ? [[name, uuidOf(value)] as const] : [];
  });
  return references.length === 0 ? columns : { ...columns, ...Object.fromEntries(references) };
}
