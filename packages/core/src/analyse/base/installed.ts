import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { carriedOut } from '../../fabric/behind.ts';
import type { Fabric } from '../../fabric/fabric.ts';
import { frozenChassis } from '../../fabric/frozen.ts';
import { datedTables } from '../../fabric/lacking.ts';
import { hasCarriedOut, type RowChange, rowChangeOf } from '../../fabric/row-change.ts';
import type { ExternalFlow } from '../flow.ts';

/** What an object says of itself: whether its rows reached the nodes; undefined where it does not say. */
export type ToldByObjects = (flow: ExternalFlow) => boolean | undefined;

/**
 * Flows with what the chassis that stand still have of them: by the numbers that rows of Berth's say they changed with, else by what the
 * objects behind them tell. The very same flows where every chassis keeps up.
 */
export function withInstalled(
  flows: readonly ExternalFlow[],
  fabric: Fabric,
  { nb, sb }: { readonly nb: Snapshot<NbTables>; readonly sb: Snapshot<SbTables> },
  toldByObjects: ToldByObjects = () => undefined,
): readonly ExternalFlow[] {
  const frozen = [...frozenChassis(fabric).keys()];
  if (frozen.length === 0) return flows;
  const done = carriedOut(sb);
  return flows.map((flow) => {
    const { rules, port } = changesOf(nb, flow);
    const told = rules.length === 0 ? toldByObjects(flow) : undefined;
    const installed = frozen.flatMap((name) => {
      const own = done.get(name);
      const has = rules.length === 0 ? told : hasAll(own, rules);
      const all = hasAll(own, port) === false ? false : has;
      return all === undefined ? [] : [[name, all] as const];
    });
    return installed.length === 0 ? flow : { ...flow, installed: new Map(installed) };
  });
}

type Changes = { readonly rules: readonly RowChange[]; readonly port: readonly RowChange[] };

/** When the rows of a flow changed last, and the port of its workload, as far as they say. */
function changesOf(nb: Snapshot<NbTables>, { rows, logicalPort }: ExternalFlow): Changes {
  const rules = rows.flatMap(({ db, table, uuid }) => {
    const dated = db === 'NB' ? datedTables.find((each) => each === table) : undefined;
    const row = dated && nb.tableNames.includes(dated) ? nb.table(dated).get(uuid) : undefined;
    return (row && rowChangeOf(row.external_ids)) ?? [];
  });
  const [port] = logicalPort === undefined ? [] : nb.table('Logical_Switch_Port').find({ name: logicalPort });
  return {
    rules,
    port: (port && [rowChangeOf(port.external_ids)].filter((each) => each !== undefined)) ?? [],
  };
}

/** Whether a chassis that got as far as `done` has all of them; undefined where that is not known. */
function hasAll(done: number | undefined, changes: readonly RowChange[]): boolean | undefined {
  if (done === undefined) return undefined;
  const has = changes.map((change) => hasCarriedOut(done, change));
  if (has.includes(false)) return false;
  return has.includes(undefined) ? undefined : true;
}
