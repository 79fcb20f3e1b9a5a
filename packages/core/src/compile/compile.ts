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
  const externals = intent.externals.map((external) => ({
    name: external.name,
    ...compileExternal(external),
  }));
  const switches = new Map(externals.map(({ name, logicalSwitch }) => [name, logicalSwitch]));
  const rows = [
    ...externals.flatMap(({ rows: own }) => own),
    ...intent.vpcs.flatMap((vpc) => compileVpc(vpc, switches)),
  ];
  const sorted = rows.map((row) => ({ row, text: `${row.unit}\0${keyText(row.table, row.key)}` }));
  return sorted
    .sort((left, right) => (left.text < right.text ? -1 : left.text > right.text ? 1 : 0))
    .map(({ row }) => row);
}
