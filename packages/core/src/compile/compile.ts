import type { Intent } from '../intent/intent.ts';
import { compileExternal } from './external.ts';
import { keyText } from './key.ts';
import type { DesiredRow } from './row.ts';
import { compileVpc } from './vpc.ts';

/** NB tables that the intent is compiled to. */
export const compiledTables: ReadonlySet<string> = new Set([
  'BFD',
  'Logical_Router',
  'Logical_Router_Policy',
  'Logical_Router_Port',
  'Logical_Router_Static_Route',
  'Logical_Switch',
  'Logical_Switch_Port',
  'Gateway_Chassis',
  'Load_Balancer',
  'NAT',
]);

/** The NB rows that an intent asks for, in one fixed order. Pure: the same intent gives the same rows. */
export function compile(intent: Intent): readonly DesiredRow[] {
  const sorted = rowsOf(intent).map((row) => ({ row, text: `${row.unit}\0${keyText(row.table, row.key)}` }));
  return sorted
    .sort((left, right) => (left.text < right.text ? -1 : left.text > right.text ? 1 : 0))
    .map(({ row }) => row);
}

/** The same rows in the order of the intent, for those who put them in an order of their own. */
export function rowsOf(intent: Intent): readonly DesiredRow[] {
  const switches = new Map<string, DesiredRow>();
  const rows: DesiredRow[] = [];
  for (const external of intent.externals) {
    const { logicalSwitch, rows: own } = compileExternal(external);
    switches.set(external.name, logicalSwitch);
    rows.push(...own);
  }
  for (const vpc of intent.vpcs) for (const row of compileVpc(vpc, switches)) rows.push(row);
  return rows;
}
