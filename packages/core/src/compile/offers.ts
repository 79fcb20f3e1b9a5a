import type { DatabaseSchema } from '@berth/ovsdb/schema';
import { isMap, isSet, type Uuid, type Value } from '@berth/ovsdb/value';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import type { DesiredRow } from './row.ts';

/**
 * The rows as far as a server's schema offers their tables and columns. What is left out, and was to hold something, is
 * a finding on the object that asked for it.
 */
export function offered(
  rows: readonly DesiredRow[],
  { tables }: Pick<DatabaseSchema, 'tables'>,
): { readonly rows: readonly DesiredRow[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const absent = new Set<Uuid>();
  const kept = rows.flatMap((row): readonly DesiredRow[] => {
    const table = tables[row.table];
    if (!table || (row.parent && absent.has(row.parent.uuid))) {
      absent.add(row.uuid);
      if (!table) findings.push(notOffered(row, `table ${row.table}`));
      return [];
    }
    const names = Object.keys(row.columns);
    if (names.every((name) => name in table.columns)) return [row];
    const columns = Object.entries(row.columns);
    for (const [name, value] of columns) {
      if (!(name in table.columns) && holdsSomething(value))
        findings.push(notOffered(row, `column ${name} of ${row.table}`));
    }
    return [{ ...row, columns: Object.fromEntries(columns.filter(([name]) => name in table.columns)) }];
  });
  return { rows: kept, findings };
}

function holdsSomething(value: Value): boolean {
  if (isMap(value) || isSet(value)) return value.size > 0;
  return value !== undefined && value !== '';
}

function notOffered({ cause, origins }: DesiredRow, what: string): Finding {
  return finding('not-offered', {
    object: cause,
    field: origins.at(-1)?.field,
    message: `the OVN that is connected has no ${what}: what asks for it has no effect`,
    cure: 'update OVN, or do without',
  });
}
