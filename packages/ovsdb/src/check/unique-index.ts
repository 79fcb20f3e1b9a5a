import { tableSchemaOf } from '../schema/database-schema.ts';
import { encodeColumns } from '../value/row-codec.ts';
import type { Columns, Row, Uuid } from '../value/value.ts';
import type { Draft } from './draft.ts';
import { refuse } from './refusal.ts';

/** Refuses a commit after which two rows of a table would have the same values in all columns of an index. */
export function checkUniqueIndexes(draft: Draft): void {
  const { schema } = draft.snapshot;
  for (const table of draft.snapshot.tableNames) {
    const { indexes } = tableSchemaOf(schema, table);
    if (indexes.length === 0) continue;
    const changes = draft.changesOf(table);
    const touched = new Set(changes.map(({ uuid }) => uuid));
    for (const columns of indexes) {
      const seen = new Map<string, Uuid>();
      for (const { uuid, after } of changes) {
        if (after === undefined) continue;
        const values = pick(after, columns);
        const key = JSON.stringify(encodeColumns(schema, table, values));
        const other = seen.get(key) ?? untouchedTwin(draft, table, values, touched);
        if (other !== undefined)
          refuse('constraint violation', twinDetails(table, columns, key, uuid, other));
        seen.set(key, uuid);
      }
    }
  }
}

function untouchedTwin(
  draft: Draft,
  table: string,
  values: Columns,
  touched: ReadonlySet<Uuid>,
): Uuid | undefined {
  const twins = draft.snapshot.table(table).find(values);
  return twins.find((row) => !touched.has(row._uuid))?._uuid;
}

function pick(row: Row, columns: readonly string[]): Columns {
  return Object.fromEntries(columns.map((column) => [column, row[column]]));
}

function twinDetails(table: string, columns: readonly string[], key: string, one: Uuid, other: Uuid): string {
  const index = `index on ${columns.join(' and ')}`;
  return `Transaction causes multiple rows in "${table}" table to have identical values (${key}) for ${index}: ${one} and ${other}.`;
}
