import { chassisAnnotation, externalGatewayLabel, type Node, refOf } from '@berth/api';
import { fnv1a64 } from '@berth/net';
import { chassisOfNode, type Fabric, gatewayClaim } from '../fabric/fabric.ts';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import type { Origin } from '../finding/origin.ts';
import { configField, type GatewayConfig } from './gateway-config.ts';
import type { GatewayIntent } from './intent.ts';
import type { Lookup } from './lookup.ts';

/** OVN caps the members of a group that senders consider; five leave room for every order that matters. */
const maximumMembers = 5;

/** What is asked of a gateway: the router port it serves and the external network it must have a bridge for. */
export type GatewayQuestion = { readonly routerPort: string; readonly network: string; readonly vpc: string };

/**
 * The gateway chassis of a router port, most preferred first. Candidates are the labelled nodes, and those of the
 * ConfigMap where floating IPs are not distributed by default, that are not cordoned, are part of the OVN and have the bridge; when none is left, the present order stays. The chassis that serves now stays first, so
 * that a node that comes back takes nothing away; the rest follow by rendezvous hash, so that VPCs spread and the
 * loss of a node moves only its own.
 */
export function gatewayOrder(
  { routerPort, network, vpc }: GatewayQuestion,
  lookup: Lookup,
  fabric: Fabric,
  config?: GatewayConfig | undefined,
): { readonly gateways: readonly GatewayIntent[]; readonly findings: readonly Finding[] } {
  const placed = [...lookup.Node.values()].flatMap((node) => {
    const chosen = chosenBy(node, config);
    return chosen ? [{ node, chosen, chassis: chassisOf(node, fabric) }] : [];
  });
  const findings = placed.flatMap(({ node, chassis }) => nodeFindings(node, chassis?.mappings, network));
  const candidates = placed.flatMap(({ node, chosen, chassis }) =>
    chassis?.mappings.has(network) && node.spec.unschedulable !== true
      ? [
          {
            node: node.metadata.name,
            chassis: chassis.name,
            origin: chosen,
          },
        ]
      : [],
  );
  const gateways =
    candidates.length > 0
      ? inOrder(candidates, routerPort, vpc, fabric)
      : presentOrder(placed, routerPort, fabric);
  return { gateways: gateways.slice(0, maximumMembers), findings };
}

/** What makes a node a candidate: its label, or the ConfigMap; undefined for the others. */
function chosenBy(node: Node, config: GatewayConfig | undefined): Origin | undefined {
  if (node.metadata.labels[externalGatewayLabel] === 'true') {
    return { object: refOf(node), field: `metadata.labels['${externalGatewayLabel}']` };
  }
  if (!config?.enabled || !config.nodes.includes(node.metadata.name)) return undefined;
  return { object: config.ref, field: configField('nodes') };
}

/** The node's chassis in the OVN; undefined while it has none. */
export function chassisOf(node: Node, fabric: Fabric): ReturnType<typeof chassisOfNode> {
  return chassisOfNode(fabric, node.metadata.name, node.metadata.annotations[chassisAnnotation]);
}

function inOrder(
  candidates: readonly GatewayIntent[],
  routerPort: string,
  vpc: string,
  fabric: Fabric,
): readonly GatewayIntent[] {
  const serving = gatewayClaim(fabric, routerPort);
  const weight = ({ node }: GatewayIntent): bigint => mixed(fnv1a64(`${vpc}\0${node}`));
  return [...candidates].sort((left, right) => {
    if (left.chassis === serving) return -1;
    if (right.chassis === serving) return 1;
    return weight(left) > weight(right) ? -1 : 1;
  });
}

/** Spreads a hash over all its bits: FNV's high bits hardly depend on the last letters of a name. */
function mixed(hash: bigint): bigint {
  const folded = BigInt.asUintN(64, (hash ^ (hash >> 33n)) * 0xff51afd7ed558ccdn);
  return folded ^ (folded >> 33n);
}

/** The members NB has now, as far as they are nodes that are still chosen. */
function presentOrder(
  placed: readonly {
    readonly node: Node;
    readonly chosen: Origin;
    readonly chassis: { readonly name: string } | undefined;
  }[],
  routerPort: string,
  fabric: Fabric,
): readonly GatewayIntent[] {
  return (fabric.gateways.get(routerPort) ?? []).flatMap((member) => {
    const held = placed.find(({ chassis }) => chassis?.name === member.chassis);
    return held
      ? [
          {
            node: held.node.metadata.name,
            chassis: member.chassis,
            origin: held.chosen,
          },
        ]
      : [];
  });
}

function nodeFindings(
  node: Node,
  mappings: ReadonlySet<string> | undefined,
  network: string,
): readonly Finding[] {
  const object = refOf(node);
  if (!mappings) {
    return [
      finding('gateway-without-chassis', {
        object,
        message: `gateway node ${node.metadata.name} has no chassis in the OVN southbound database`,
        cure: 'start ovn-controller on the node, or remove its gateway label',
      }),
    ];
  }
  if (mappings.has(network)) return [];
  return [
    finding('no-bridge-mapping', {
      object,
      message: `gateway node ${node.metadata.name} has no bridge for network ${network}, so it cannot be a gateway`,
      cure: `let the ProviderNetwork ${network} include the node, and see that the node has its NIC`,
    }),
  ];
}
