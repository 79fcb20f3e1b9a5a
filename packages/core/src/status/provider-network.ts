import { type Node, type ProviderNetwork, refOf } from '@berth/api';
import { chassisOf } from '../intent/gateway/gateway.ts';
import { targets } from '../intent/object/provider-nodes.ts';
import { conditionsOf } from './condition.ts';
import { errorOf, pending, programmed, type Verdict } from './verdict.ts';
import type { View } from './view.ts';

/** What a provider network shows: the nodes that have its bridge, those that should but have not, and its VLANs. */
export function providerNetworkStatus(
  network: ProviderNetwork,
  view: View,
): NonNullable<ProviderNetwork['status']> {
  const { name } = network.metadata;
  const wanted = [...view.lookup.Node.values()].filter((node) => targets(network, node));
  const readyNodes = wanted.filter((node) => hasBridge(node, name, view)).map(nameOf);
  const notReadyNodes = wanted.map(nameOf).filter((each) => !readyNodes.includes(each));
  const verdict = errorOf(refOf(network), view.findings) ?? verdictOf(readyNodes, notReadyNodes);
  return {
    ...network.status,
    ready: verdict.ready,
    readyNodes,
    notReadyNodes,
    vlans: [...view.lookup.Vlan.values()].filter(({ spec }) => spec.provider === name).map(nameOf),
    conditions: conditionsOf(network, verdict, view),
  };
}

function verdictOf(ready: readonly string[], notReady: readonly string[]): Verdict {
  if (notReady.length > 0) return pending(`no bridge yet on ${notReady.join(', ')}`);
  if (ready.length === 0) return pending('no node is to have the bridge');
  return programmed(`bridge on ${ready.join(', ')}`);
}

function hasBridge(node: Node, network: string, { fabric }: View): boolean {
  return chassisOf(node, fabric)?.mappings.has(network) ?? false;
}

function nameOf({ metadata }: { readonly metadata: { readonly name: string } }): string {
  return metadata.name;
}
