import type { ColumnType } from '../schema/column-type.ts';
import { columnTypeOf } from '../schema/database-schema.ts';
import { applyDifference } from '../value/difference.ts';
import { isMap, isSet } from '../value/equality.ts';
import { isUuid } from '../value/uuid.ts';
import type { Atom, Row, Uuid, Value } from '../value/value.ts';
import { cardinalityOf, sizeOf } from './constraint.ts';
import type { Draft } from './draft.ts';
import { type ReferenceColumn, referenceColumnsOf, targetsOf } from './reference-columns.ts';
import type { ReferenceEditor } from './reference-index.ts';
import { refuse } from './refusal.ts';

/** Takes out weak references to rows that are not there: those of changed rows, and those of any row to rows that are now deleted. */
export function dropDeadWeakReferences(draft: Draft, references: ReferenceEditor): void {
  const columns = referenceColumnsOf(draft.snapshot.schema);
  const isDead = (table: string) => (target: Atom) =>
    draft.knows(table) &&
    !(typeof target === 'string' && isUuid(target) && draft.get(table, target) !== undefined);
  for (const change of draft.changes()) {
    if (change.after === undefined) {
      for (const { table, uuid, column } of references.weakHolders(change)) {
        const places = (columns.get(table) ?? []).filter((place) => place.column === column && !place.strong);
        for (const place of places) drop(draft, references, table, uuid, place, () => [change.uuid]);
      }
      continue;
    }
    for (const place of columns.get(change.table) ?? []) {
      if (place.strong) continue;
      const deadOf = (row: Row) => {
        const before = targetsOf(change.before?.[place.column], place.part);
        const after = targetsOf(row[place.column], place.part);
        return before === after ? [] : [...after].filter(isDead(place.refTable));
      };
      drop(draft, references, change.table, change.uuid, place, deadOf);
    }
  }
}

function drop(
  draft: Draft,
  references: ReferenceEditor,
  table: string,
  uuid: Uuid,
  { column, part }: ReferenceColumn,
  deadOf: (row: Row) => readonly Atom[],
): void {
  const before = draft.get(table, uuid);
  const dead = before === undefined ? [] : deadOf(before);
  if (before === undefined || dead.length === 0) return;
  const type = columnTypeOf(draft.snapshot.schema, table, column);
  const value = without(type, before[column], part, new Set(dead));
  if (sizeOf(value) < cardinalityOf(type).min) {
    const place = `Weak reference column "${column}" in "${table}" row ${uuid}`;
    refuse(
      'constraint violation',
      `${place} would be left without a value: the row it refers to does not exist.`,
    );
  }
  const after = { ...before, [column]: value };
  references.change({ table, uuid, before, after });
  draft.put(table, uuid, after);
}

function without(type: ColumnType, value: Value, part: 'key' | 'value', dead: ReadonlySet<Atom>): Value {
  if (isMap(value)) {
    const gone = [...value].filter(([key, item]) => dead.has(part === 'key' ? key : item));
    return applyDifference(type, value, new Map(gone));
  }
  if (isSet(value)) return applyDifference(type, value, new Set([...dead].filter((atom) => value.has(atom))));
  return value !== undefined && dead.has(value) ? undefined : value;
}
