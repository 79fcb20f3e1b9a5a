import type { BaseType } from '../schema/column-type.ts';
import type { DatabaseSchema } from '../schema/database-schema.ts';
import { isMap, isSet } from '../value/equality.ts';
import type { Atom, Value } from '../value/value.ts';

/** A place in a table where references stand. */
export type ReferenceColumn = {
  readonly column: string;
  /** Which half of the pairs of a map; `key` for any other column. */
  readonly part: 'key' | 'value';
  readonly refTable: string;
  readonly strong: boolean;
};

const byShape = new WeakMap<DatabaseSchema, ReadonlyMap<string, readonly ReferenceColumn[]>>();

/** The reference columns of each table of a schema. */
export function referenceColumnsOf(schema: DatabaseSchema): ReadonlyMap<string, readonly ReferenceColumn[]> {
  const known = byShape.get(schema);
  if (known !== undefined) return known;
  const found = new Map(
    Object.entries(schema.tables).map(([table, { columns }]) => [
      table,
      Object.entries(columns).flatMap(([column, { type }]) => [
        ...referenceOf(column, 'key', type.key),
        ...(type.kind === 'map' ? referenceOf(column, 'value', type.value) : []),
      ]),
    ]),
  );
  byShape.set(schema, found);
  return found;
}

/** The rows that a column's value refers to. */
export function targetsOf(value: Value, part: 'key' | 'value'): ReadonlySet<Atom> {
  if (value === undefined) return noTargets;
  if (isSet(value)) return value;
  if (isMap(value)) return new Set(part === 'key' ? value.keys() : value.values());
  return new Set([value]);
}

const noTargets: ReadonlySet<Atom> = new Set();

function referenceOf(column: string, part: 'key' | 'value', base: BaseType): readonly ReferenceColumn[] {
  const { refTable, refType } = base;
  return refTable === undefined ? [] : [{ column, part, refTable, strong: refType !== 'weak' }];
}
