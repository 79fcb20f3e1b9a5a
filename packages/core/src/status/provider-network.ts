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
  const verdict =
    errorOf(refOf(network), view.findings) ??
    verdictOf(readyNodes, notReadyNodes, () => whyNone(network, view.lookup.Node.size));
  return {
    ...network.status,
    ready: verdict.ready,
    readyNodes,
    notReadyNodes,
    vlans: [...view.lookup.Vlan.values()].filter(({ spec }) => spec.provider === name).map(nameOf),
    conditions: conditionsOf(network, verdict, view),
  };
}

function verdictOf(ready: readonly string[], notReady: readonly string[], none: () => string): Verdict {
  if (notReady.length > 0) return pending(`no bridge yet on ${notReady.join(', ')}`);
  if (ready.length === 0) return pending(none());
  return programmed(`bridge on ${ready.join(', ')}`);
}

/** Why no node is to have the bridge, and what to do. */
function whyNone({ spec }: ProviderNetwork, nodes: number): string {
  const none = 'no node is to have the bridge';
  if (nodes === 0) return `${none}: there is no Node; make the Nodes of the machines that are to have it`;
  if (spec.nodeSelector)
    return `${none}: spec.nodeSelector fits none of ${nodes}; label one, or select others`;
  return `${none}: spec.excludeNodes names every one of ${nodes}; take one out of it`;
}

function hasBridge(node: Node, network: string, { fabric }: View): boolean {
  return chassisOf(node, fabric)?.mappings.has(network) ?? false;
}

function nameOf({ metadata }: { readonly metadata: { readonly name: string } }): string {
  return metadata.name;
}
