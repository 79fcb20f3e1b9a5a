import { OvsdbFault } from '../value/fault.ts';
import type { ColumnType } from './column-type.ts';

/** One column (RFC 7047 section 3.2, `<column-schema>`). */
export type ColumnSchema = {
  readonly type: ColumnType;
  /** Not stored on disk; lost when the server restarts. */
  readonly ephemeral: boolean;
  /** False for a column that can be set on insert only. */
  readonly mutable: boolean;
};

/** One table (RFC 7047 section 3.2, `<table-schema>`). */
export type TableSchema = {
  /** By column name, without `_uuid` and `_version`. */
  readonly columns: Readonly<Record<string, ColumnSchema>>;
  /** False when rows live only as long as a strong reference holds them. */
  readonly isRoot: boolean;
  readonly maxRows?: number;
  /** Sets of columns that no two rows may have equal. */
  readonly indexes: readonly (readonly string[])[];
};

/** A database's schema (RFC 7047 section 3.2, `<database-schema>`). */
export type DatabaseSchema = {
  readonly name: string;
  /** `x.y.z`. */
  readonly version: string;
  readonly cksum?: string;
  readonly tables: Readonly<Record<string, TableSchema>>;
};

const uuidColumn: ColumnType = { kind: 'atom', key: { kind: 'uuid' } };

/** The schema of a table. Throws `OvsdbFault` `unknown-table-or-column`. */
export function tableSchemaOf(schema: DatabaseSchema, table: string): TableSchema {
  const found = Object.hasOwn(schema.tables, table) ? schema.tables[table] : undefined;
  if (found !== undefined) return found;
  throw new OvsdbFault('unknown-table-or-column', `${schema.name} ${schema.version} has no table "${table}"`);
}

/** The type of a column, `_uuid` and `_version` included. Throws `OvsdbFault` `unknown-table-or-column`. */
export function columnTypeOf(schema: DatabaseSchema, table: string, column: string): ColumnType {
  const { columns } = tableSchemaOf(schema, table);
  const found = Object.hasOwn(columns, column) ? columns[column] : undefined;
  if (found !== undefined) return found.type;
  if (column === '_uuid' || column === '_version') return uuidColumn;
  throw new OvsdbFault(
    'unknown-table-or-column',
    `${schema.name} ${schema.version} has no column "${column}" in table "${table}"`,
  );
}

/** True when the database has the table, and the column if one is named. */
export function schemaHas(schema: DatabaseSchema, table: string, column?: string): boolean {
  if (!Object.hasOwn(schema.tables, table)) return false;
  if (column === undefined) return true;
  return Object.hasOwn(tableSchemaOf(schema, table).columns, column);
}
