import type { Draw } from './draw.ts';

/*
 * The UUIDs that random transactions give their rows: few for each table, so that transactions meet each other's rows.
 */

const tables = ['Root', 'Child', 'Owner', 'Fan', 'Few'];
const poolSize = 10;

/** The UUIDs of a table. */
export function poolOf(table: string): readonly string[] {
  return Array.from({ length: poolSize }, (_, place) => {
    return `${tables.indexOf(table)}0000000-0000-4000-8000-00000000000${place.toString(16)}`;
  });
}

/** Whether a UUID is one of these, and not one that a server made up. */
export function isOfPool(uuid: string): boolean {
  return /^[0-4]0000000-0000-4000-8000-00000000000[0-9a-f]$/.test(uuid);
}

/** One of a table's. */
export function uuidOf(table: string, draw: Draw): string {
  return draw.pick(poolOf(table));
}
