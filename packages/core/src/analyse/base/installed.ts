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
    const known = frozen.flatMap((name) => {
      const own = done.get(name);
      const hasRules = rules.length === 0 ? told : hasAll(own, rules);
      const has = hasAll(own, port) === false ? false : hasRules;
      if (has === undefined) return [];
      const former = hasRules === false ? formerOf(fabric, name, flow, { done: own, rules }) : undefined;
      return [{ name, has, former }];
    });
    if (known.length === 0) return flow;
    const installed = new Map(known.map(({ name, has }) => [name, has]));
    const asBefore = known.flatMap(({ name, former }) =>
      former === undefined ? [] : [[name, former] as const],
    );
    return { ...flow, installed, ...(asBefore.length > 0 && { asBefore: new Map(asBefore) }) };
  });
}

type Progress = { readonly done: number | undefined; readonly rules: readonly Dated[] };

/** What a chassis that lacks a row of a flow had of its address; undefined where that is not known. */
function formerOf(
  fabric: Fabric,
  chassis: string,
  { externalIp: ip, origins, logicalPort: port }: ExternalFlow,
  { done, rules }: Progress,
): Former | undefined {
  if (ip === undefined) return undefined;
  const objects = origins.map(({ object }) => formatRef(object));
  const former = formerAt(fabric, chassis, { ip, objects, port });
  if (former !== 'never') return former;
  const own = rules.filter(({ table }) => table === 'NAT' || table === 'Load_Balancer');
  const lacksAll = done !== undefined && own.every(({ change }) => hasCarriedOut(done, change) === false);
  return own.length > 0 && lacksAll ? former : undefined;
}

type Dated = { readonly table: string; readonly change: RowChange };

type Changes = { readonly rules: readonly Dated[]; readonly port: readonly Dated[] };

/** When the rows of a flow changed last, and the port of its workload, as far as they say. */
function changesOf(nb: Snapshot<NbTables>, { rows, logicalPort }: ExternalFlow): Changes {
  const rules = rows.flatMap(({ db, table, uuid }) => {
    const dated = db === 'NB' ? datedTables.find((each) => each === table) : undefined;
    const row = dated && nb.tableNames.includes(dated) ? nb.table(dated).get(uuid) : undefined;
    return row ? datedAs(table, row) : [];
  });
  const ports = logicalPort === undefined ? [] : nb.table('Logical_Switch_Port').find({ name: logicalPort });
  return { rules, port: ports.flatMap((row) => datedAs('Logical_Switch_Port', row)) };
}

/** A row with its last change; none where it does not say. */
function datedAs(
  table: string,
  { external_ids: ids }: { readonly external_ids: ReadonlyMap<unknown, unknown> },
): readonly Dated[] {
  const change = rowChangeOf(ids);
  return change === undefined ? [] : [{ table, change }];
}

/** Whether a chassis that got as far as `done` has all of them; undefined where that is not known. */
function hasAll(done: number | undefined, rows: readonly Dated[]): boolean | undefined {
  if (done === undefined) return undefined;
  const has = rows.map(({ change }) => hasCarriedOut(done, change));
  if (has.includes(false)) return false;
  return has.includes(undefined) ? undefined : true;
}
