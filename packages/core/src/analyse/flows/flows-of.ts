import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import type { Fabric } from '../../fabric/fabric.ts';
import { compareText } from '../../fabric/tables.ts';
import type { Direction, ExternalFlow } from '../flow.ts';
import { answeringOf } from './answering.ts';
import { northOf } from './north.ts';
import { routerContext } from './router-context.ts';
import { routerFlows } from './router-flows.ts';

/**
 * Every conversation across the border of the OVN that NB describes: those of NAT rows and of routers' load-balancers, and what
 * the workload of each floating IP sends to its own address. By target, then inbound, outbound, hairpin, then by address.
 */
export function flowsOf(nb: Snapshot<NbTables>, fabric: Fabric): readonly ExternalFlow[] {
  const north = northOf(nb, fabric);
  const targets = new Map<string, ExternalFlow[]>();
  const contexts = north.routers.map((row) => routerContext(north, row));
  const answering = answeringOf(contexts);
  for (const context of contexts) {
    for (const { target, flows } of routerFlows(context, answering)) {
      const known = targets.get(target);
      if (known) known.push(...flows);
      else targets.set(target, [...flows]);
    }
  }
  const sorted: ExternalFlow[] = [];
  for (const target of [...targets.keys()].sort(compareText)) {
    for (const flow of (targets.get(target) ?? []).sort(compareFlows)) sorted.push(flow);
  }
  return sorted;
}

const rank: Readonly<Record<Direction, number>> = { inbound: 0, outbound: 1, hairpin: 2 };

function compareFlows(left: ExternalFlow, right: ExternalFlow): number {
  return (
    rank[left.direction] - rank[right.direction] ||
    compareText(left.externalIp ?? '', right.externalIp ?? '') ||
    (left.externalPort?.port ?? 0) - (right.externalPort?.port ?? 0) ||
    compareText(left.logicalIp, right.logicalIp) ||
    compareText(left.logicalPort ?? '', right.logicalPort ?? '')
  );
}
