import { formatRef } from '@berth/api';
import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { type Former, formerAt } from '../../fabric/as-before.ts';
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
      const has = rules.length === 0 ? told : hasAll(own, changesIn(rules));
      const all = hasAll(own, port) === false ? false : has;
      return all === undefined ? [] : [[name, all] as const];
    });
    if (installed.length === 0) return flow;
    const asBefore = installed.flatMap(([name]) => {
      const former = formerOf(fabric, name, flow, { done: done.get(name), rules, told });
      return former === undefined ? [] : [[name, former] as const];
    });
    const known = asBefore.length === 0 ? {} : { asBefore: new Map(asBefore) };
    return { ...flow, installed: new Map(installed), ...known };
  });
}

type Progress = {
  readonly done: number | undefined;
  readonly rules: readonly Dated[];
  readonly told: boolean | undefined;
};

/** What a chassis had of a flow's address that lacks a row of it; undefined where it lacks none, or where that is not known. */
function formerOf(
  fabric: Fabric,
  chassis: string,
  { externalIp: ip, origins, logicalPort: port }: ExternalFlow,
  { done, rules, told }: Progress,
): Former | undefined {
  const has = rules.length === 0 ? told : hasAll(done, changesIn(rules));
  if (ip === undefined || has !== false) return undefined;
  const objects = origins.map(({ object }) => formatRef(object));
  const former = formerAt(fabric, chassis, { ip, objects, port });
  if (former !== 'never') return former;
  const own = rules.filter(({ table }) => table === 'NAT' || table === 'Load_Balancer');
  const lacksAll = done !== undefined && own.every(({ change }) => hasCarriedOut(done, change) === false);
  return own.length > 0 && lacksAll ? former : undefined;
}

type Dated = { readonly table: string; readonly change: RowChange };

function changesIn(rows: readonly Dated[]): readonly RowChange[] {
  return rows.map(({ change }) => change);
}

type Changes = { readonly rules: readonly Dated[]; readonly port: readonly RowChange[] };

/** When the rows of a flow changed last, and the port of its workload, as far as they say. */
function changesOf(nb: Snapshot<NbTables>, { rows, logicalPort }: ExternalFlow): Changes {
  const rules = rows.flatMap(({ db, table, uuid }) => {
    const dated = db === 'NB' ? datedTables.find((each) => each === table) : undefined;
    const row = dated && nb.tableNames.includes(dated) ? nb.table(dated).get(uuid) : undefined;
    const change = row && rowChangeOf(row.external_ids);
    return change === undefined ? [] : [{ table, change }];
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
