import type { NbTables } from '@berth/ovn';
import { balances, type Forward, portText } from './forward.ts';
import type { NatRule } from './nat-rule.ts';
import type { North } from './north.ts';
import type { RouterContext } from './router-context.ts';
import type { GatewayPort } from './router-view.ts';

/** A load-balancer that has the external address of a NAT row as well, with what it takes of it. */
export type BalancedPorts = {
  readonly row: NbTables['Load_Balancer'];
  readonly forwards: readonly Forward[];
};

/**
 * The load-balancers that go before a `dnat_and_snat` or `dnat` row, by what they take of its address. Where a node answers for the address itself
 * it forwards nothing, unless it is a gateway too.
 */
export function balancedPorts(context: RouterContext, rule: NatRule): readonly BalancedPorts[] {
  const { north, virtual } = context;
  const all = virtual.get(rule.externalIp) ?? [];
  if (all.length === 0 || !balances(context)) return [];
  const taking = all.filter(
    ({ gatewayPort }) => rule.placement !== 'distributed' || mayBeGateway(north, gatewayPort, rule),
  );
  return [...Map.groupBy(taking, ({ row }) => row)].map(([row, forwards]) => ({ row, forwards }));
}

/** What is taken, each once: `tcp port 80`. */
export function portTexts(forwards: readonly Forward[]): readonly string[] {
  return [...new Set(forwards.map(({ protocol, vip }) => portText(protocol, vip)))];
}

/** Whether the node of a row may be the gateway: then it forwards as well. */
export function mayBeGateway({ dataPlane }: North, { name }: GatewayPort, { row }: NatRule): boolean {
  const node = dataPlane?.bindings.get(row.logical_port ?? '')?.chassis;
  return dataPlane?.groups.get(name)?.members.some(({ chassis }) => chassis === node) ?? false;
}
