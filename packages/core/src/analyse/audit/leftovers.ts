import { originKey, ownerKey } from '@berth/api';
import type { Row } from '@berth/ovsdb/value';
import { isMap } from '@berth/ovsdb/value';
import { rowsOf } from '../../fabric/tables.ts';
import type { Finding } from '../../finding/finding.ts';
import { startingText } from '../../finding/home.ts';
import { finding } from '../../finding/make.ts';
import { parseRef } from '../../finding/parse-ref.ts';
import { nbRows } from '../../finding/row-id.ts';
import type { AuditedNetwork } from './network.ts';

const markedTables = [
  'Load_Balancer',
  'Logical_Router',
  'Logical_Router_Policy',
  'Logical_Router_Port',
  'Logical_Router_Static_Route',
  'Logical_Switch',
  'Logical_Switch_Port',
  'NAT',
] as const;

/** Rows of our instance whose object is gone. Nothing without the list of objects. */
export function auditLeftovers({ nb, objects }: AuditedNetwork): readonly Finding[] {
  if (objects === undefined) return [];
  return markedTables.flatMap((table) =>
    [...rowsOf(nb, table)].flatMap((row) => {
      const cause = mark(row, originKey);
      if (cause === undefined || mark(row, ownerKey) !== objects.instance || objects.names.has(cause))
        return [];
      const name = 'name' in row ? row.name : row._uuid;
      return [
        finding('leftover', {
          object: parseRef(cause) ?? { kind: table, name },
          message: `row ${name} of ${table} is there for ${cause}, which does not exist`,
          cure: `${startingText(objects.home)}: that removes what belongs to nothing`,
          rows: nbRows(table, [row]),
        }),
      ];
    }),
  );
}

function mark(row: Row, key: string): string | undefined {
  const ids = row['external_ids'];
  const value = isMap(ids) ? ids.get(key) : undefined;
  return typeof value === 'string' ? value : undefined;
}
