import { isMap, isSet, type Value } from '@berth/ovsdb/value';
import type { DesiredRow } from '../compile/row.ts';

/** A row as a line of text: its table and columns, as `ovn-nbctl find` would show them. Empty columns are left out. */
function rowText({ table, columns }: DesiredRow): string {
  const cells = Object.entries(columns)
    .map(([name, value]) => [name, valueText(value)] as const)
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `${name}=${text}`);
  return [table, ...cells].join(' ');
}

/** The rows of some tables, as lines. */
export function rowTexts(rows: readonly DesiredRow[], ...tables: readonly string[]): readonly string[] {
  return rows.filter(({ table }) => tables.length === 0 || tables.includes(table)).map(rowText);
}

function valueText(value: Value): string {
  if (isSet(value)) return [...value].sort().join(',');
  if (isMap(value)) return [...value].map(([key, each]) => `${key}:${each}`).join(',');
  return value === undefined ? '' : String(value);
}
