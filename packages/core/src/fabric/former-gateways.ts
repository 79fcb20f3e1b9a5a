import { list } from '../finding/list.ts';
import { isSameList } from '../memo/list-difference.ts';
import { type Fabric, gatewayClaim } from './fabric.ts';
import { formerOrdersOf, orderAt } from './former-order.ts';
import { doneBy, frozenAt, keepsFlows, saysOf } from './frozen.ts';
import { keeperChassis } from './keeper.ts';
import { livenessOf } from './liveness.ts';
import { nodeName } from './node-name.ts';
import type { Overtaken } from './overtaken.ts';

/** That a workload's chassis stands still, and sends to the gateways in the order of an earlier time. */
export type FormerGateways = Overtaken & {
  /** SB names of the gateways it knows, the most preferred first; undefined where nobody can tell. */
  readonly order: readonly string[] | undefined;
};

/** The gateways that the chassis of a workload's port goes by at a router port; undefined where they are those of now. */
export function formerGatewaysAt(
  fabric: Fabric,
  port: string,
  gatewayPort: string,
): FormerGateways | undefined {
  const { northbound, gateways } = fabric;
  const frozen = frozenAt(fabric, port);
  if (frozen === undefined) return undefined;
  const { chassis, why } = frozen;
  const done = doneBy(fabric, chassis);
  const [row] = northbound?.table('Logical_Router_Port').find({ name: gatewayPort }) ?? [];
  // A group that is named decides instead (ovn-nb(5)), and is not ours.
  if (done === undefined || row === undefined || row.ha_chassis_group !== undefined) return undefined;
  const order = orderAt(formerOrdersOf(row), done);
  if (order === undefined) return undefined;
  const node = nodeName(fabric, chassis);
  const still = `${node}, where its workload is, stands still and`;
  const isCertain = saysOf(fabric, chassis, keepsFlows);
  if (order === 'unclear') {
    const what = `${still} may know the gateways as they were before: ${why}`;
    return { chassis, node, what, isCertain: false, order: undefined };
  }
  // Who served itself goes on doing so, of which the addresses tell that were taken from it (`LingerMark`).
  if (order.chassis[0] === chassis) return undefined;
  const now = (gateways.get(gatewayPort) ?? []).map((member) => member.chassis);
  const served = now.filter((name) => name !== keeperChassis);
  if (isSameList(order.chassis, served)) return undefined;
  const names = order.chassis.map((name) => nodeName(fabric, name));
  const known = names.length === 0 ? 'none' : list(names);
  const what = `${still} knows the gateways as they were before (${known}): ${why}`;
  return { chassis, node, what, isCertain, order: order.chassis };
}

/**
 * The same where packets of the workload do not get to the gateway that SB names: they go to another one, or to none. What the node's agent tells of
 * its tunnels says to which; without one they go to the first that is a gateway still, as one that left the group ended its side of BFD.
 */
export function strayingAt(fabric: Fabric, port: string, gatewayPort: string): FormerGateways | undefined {
  const found = formerGatewaysAt(fabric, port, gatewayPort);
  if (found?.order === undefined) return found;
  const { chassis, order } = found;
  const liveness = livenessOf(fabric);
  const members = (fabric.gateways.get(gatewayPort) ?? []).map((member) => member.chassis);
  const reaches = (other: string): boolean =>
    other !== chassis &&
    (liveness.sendsTo(chassis, other) ?? (members.includes(other) && !liveness.isDead(other)));
  const chosen = order.length < 2 ? order[0] : order.find(reaches);
  return chosen !== undefined && chosen === gatewayClaim(fabric, gatewayPort) ? undefined : found;
}
