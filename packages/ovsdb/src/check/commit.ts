import { tableSchemaOf } from '../schema/database-schema.ts';
import type { Draft } from './draft.ts';
import { ReferenceEditor, type ReferenceIndex, type RowName, referencesOf } from './reference-index.ts';
import { refuse } from './refusal.ts';
import { checkUniqueIndexes } from './unique-index.ts';
import { dropDeadWeakReferences } from './weak-reference.ts';

/**
 * What the server does when a transaction is committed (RFC 7047 section 3.2 and ovsdb(7)), in its order: strong references must hold, rows of
 * non-root tables that nothing refers to go, tables keep to their size, weak references to rows that are gone go, indexes stay unique.
 * Brings the draft to its final state and returns the references after it.
 */
export function commit(draft: Draft): ReferenceIndex {
  const references = new ReferenceEditor(draft.snapshot, referencesOf(draft.snapshot));
  const unheld = checkStrongReferences(draft, references);
  collect(draft, references, unheld);
  checkTableSizes(draft);
  dropDeadWeakReferences(draft, references);
  checkUniqueIndexes(draft);
  return references.index();
}

/** Returns the rows that lost a reference or are new. */
function checkStrongReferences(draft: Draft, references: ReferenceEditor): readonly RowName[] {
  const touched: RowName[] = [];
  const changes = draft.changes();
  for (const change of changes) {
    const { gained, lost } = references.change(change);
    for (const { table, uuid } of gained) {
      if (draft.knows(table) && draft.get(table, uuid) === undefined) {
        const place = `Table ${change.table} row ${change.uuid}`;
        refuse(
          'referential integrity violation',
          `${place} references nonexistent row ${uuid} in table ${table}.`,
        );
      }
    }
    touched.push(...lost);
    if (change.before === undefined) touched.push(change);
  }
  for (const { table, uuid, after } of changes) {
    const count = after === undefined ? references.strongCount({ table, uuid }) : 0;
    if (count === 0) continue;
    const reason = `because of ${count} remaining reference(s)`;
    refuse('referential integrity violation', `cannot delete ${table} row ${uuid} ${reason}`);
  }
  return touched;
}

/** Deletes rows of non-root tables that nothing refers to, and what only they referred to. */
function collect(draft: Draft, references: ReferenceEditor, unheld: readonly RowName[]): void {
  const queue = [...unheld];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const { table, uuid } = next;
    if (!draft.knows(table) || tableSchemaOf(draft.snapshot.schema, table).isRoot) continue;
    const row = draft.get(table, uuid);
    if (row === undefined || references.strongCount(next) > 0) continue;
    draft.put(table, uuid, undefined);
    queue.push(...references.change({ table, uuid, before: row }).lost);
  }
}

function checkTableSizes(draft: Draft): void {
  const { schema } = draft.snapshot;
  for (const table of draft.snapshot.tableNames) {
    const { maxRows } = tableSchemaOf(schema, table);
    const changes = maxRows === undefined ? [] : draft.changesOf(table);
    if (maxRows === undefined || changes.length === 0) continue;
    const growth = changes.map(
      ({ before, after }) => Number(after !== undefined) - Number(before !== undefined),
    );
    const size = growth.reduce((sum, change) => sum + change, draft.snapshot.table(table).size);
    if (size <= maxRows) continue;
    const limit = `greater than the schema-defined limit of ${maxRows} row(s)`;
    refuse('constraint violation', `transaction causes "${table}" table to contain ${size} rows, ${limit}`);
  }
}
