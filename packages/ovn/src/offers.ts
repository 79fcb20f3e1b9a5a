import { type DatabaseSchema, schemaHas } from '@berth/ovsdb/schema';

/**
 * True when a server with this schema has the table, and the column if one is named. What is compiled for a server stays within what it offers;
 * `sinceOf` says from which release on a server would.
 */
export function offers(schema: DatabaseSchema, table: string, column?: string): boolean {
  return schemaHas(schema, table, column);
}
