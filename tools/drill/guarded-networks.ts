import type { Network } from '../failover/network.ts';

/** A network that a controller and its agents look after, by name. */
export type GuardedNetwork = Network & { readonly name: string };

const bfd = { minTxMs: 300, minRxMs: 300, multiplier: 3 };

/** One of each placement, with two and three gateways, and pods beside and on them. */
export const guardedNetworks: readonly GuardedNetwork[] = [
  network('berth-strict', 3, 2, 'n1', { placement: 'Centralized', override: true }),
  network('berth-available', 3, 2, 'n1', { placement: 'Centralized', onGatewayLoss: 'Distribute' }),
  network('berth-distributed', 3, 2, 'n1', { placement: 'Distributed' }),
  network('berth-stay', 3, 2, 'n1', { placement: 'Distributed', onUplinkLoss: 'Stay' }),
  network('berth-gateway-local', 3, 2, 'n3', { placement: 'GatewayLocal' }),
  network('berth-two-nodes', 2, 2, 'n1', { placement: 'Centralized' }),
  network('berth-three-gateways', 4, 3, 'n3', { placement: 'Centralized' }),
];

function network(
  name: string,
  nodes: number,
  gateways: number,
  workload: string,
  policy: Readonly<Record<string, unknown>>,
): GuardedNetwork {
  const all = Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
  return { name, nodes: all, gateways: all.slice(nodes - gateways), workload, policy: { bfd, ...policy } };
}
