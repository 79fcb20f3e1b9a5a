import { equalColumns } from '../value/equality.ts';
import type { Snapshot, TableChange } from '../value/snapshot.ts';
import type { Row, Uuid } from '../value/value.ts';

/** A row that a transaction has touched. `before` is what the snapshot has; without `after` the row is gone. */
export type DraftRow = {
  readonly table: string;
  readonly uuid: Uuid;
  readonly before: Row | undefined;
  readonly after: Row | undefined;
};

/** A snapshot with the changes of one transaction on top, while it runs. */
export class Draft {
  readonly snapshot: Snapshot;
  readonly #tables = new Map<string, Map<Uuid, DraftRow>>();

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
    for (const table of snapshot.tableNames) this.#tables.set(table, new Map());
  }

  /** True when the snapshot has the table; of others nothing is known. */
  knows(table: string): boolean {
    return this.#tables.has(table);
  }

  get(table: string, uuid: Uuid): Row | undefined {
    const touched = this.#tables.get(table)?.get(uuid);
    return touched === undefined ? this.snapshot.table(table).get(uuid) : touched.after;
  }

  /** True when the transaction has deleted the row. */
  isDeleted(table: string, uuid: Uuid): boolean {
    const touched = this.#tables.get(table)?.get(uuid);
    return touched !== undefined && touched.after === undefined;
  }

  /** The rows as they are now. Rows must not be put while it runs. */
  *rows(table: string): Generator<Row, undefined, unknown> {
    const touched = this.#tables.get(table);
    for (const row of this.snapshot.table(table)) {
      const own = touched?.get(row._uuid);
      if (own === undefined) yield row;
      else if (own.after !== undefined) yield own.after;
    }
    for (const { before, after } of touched?.values() ?? []) {
      if (before === undefined && after !== undefined) yield after;
    }
  }

  /** Inserts or replaces the row, or deletes it with `undefined`. */
  put(table: string, uuid: Uuid, after: Row | undefined): void {
    const touched = this.#tables.get(table);
    const before = touched?.get(uuid)?.before ?? this.snapshot.table(table).get(uuid);
    touched?.set(uuid, { table, uuid, before, after });
  }

  /** The rows of a table that are really not as they were. */
  changesOf(table: string): readonly DraftRow[] {
    return [...(this.#tables.get(table)?.values() ?? [])].filter(isChange);
  }

  /** The rows of all tables that are really not as they were, table by table. */
  changes(): readonly DraftRow[] {
    return [...this.#tables.keys()].flatMap((table) => this.changesOf(table));
  }

  /** The same, for `changeSnapshot`. */
  tableChanges(): readonly TableChange[] {
    return [...this.#tables.keys()]
      .map((table) => ({ table, changes: this.changesOf(table) }))
      .filter(({ changes }) => changes.length > 0);
  }
}

function isChange({ before, after }: DraftRow): boolean {
  if (before === undefined || after === undefined) return before !== after;
  return before !== after && !equalColumns(before, after);
}
