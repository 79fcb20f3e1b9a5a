import { chassisAnnotation, externalGatewayLabel, type GatewayPolicy, type Node, refOf } from '@berth/api';
import type { Chassis, Fabric } from '../../fabric/fabric.ts';
import { frozenChassis } from '../../fabric/frozen.ts';
import { type Liveness, livenessOf } from '../../fabric/liveness.ts';
import { type Origin, origin } from '../../finding/origin.ts';
import { configField, type GatewayConfig } from '../object/gateway-config.ts';
import type { Lookup } from '../object/lookup.ts';
import { type PolicyValues, valuesOf } from '../object/policy-values.ts';
import { selects } from '../object/provider-nodes.ts';

/** Why a node that is chosen as a gateway is none now. */
export type Flaw = 'no-chassis' | 'no-bridge' | 'cordoned' | 'dead' | 'cut-off' | 'no-flows' | 'not-ready';

/** A node that is chosen as a gateway for an external network. */
export type GatewayNode = {
  readonly name: string;
  readonly node: Node;
  readonly chassis: Chassis | undefined;
  /** What chooses it: its label, the ConfigMap, or a policy. */
  readonly origin: Origin;
  readonly flaws: readonly Flaw[];
};

/** The nodes as gateways see them: read once, asked for every VPC. */
export type GatewayScene = {
  readonly fabric: Fabric;
  readonly liveness: Liveness;
  /** Chassis that go on with the flows of an earlier time, each with why. */
  readonly frozen: ReadonlyMap<string, string>;
  /** The node's chassis in the OVN; undefined while it has none. */
  chassisOf(node: string): Chassis | undefined;
  /** The node of a chassis; undefined where Kubernetes has none. */
  nodeOf(chassis: string): Node | undefined;
  /** The nodes chosen by a policy, or without one, for a network. */
  chosen(policy: GatewayPolicy | undefined, network: string): readonly GatewayNode[];
  /** A node as a gateway for a network, whether something chooses it or not; undefined where there is no such node. */
  asGateway(name: string, by: Origin, values: PolicyValues, network: string): GatewayNode | undefined;
};

export function gatewaySceneOf(
  { Node: nodes }: Pick<Lookup, 'Node'>,
  fabric: Fabric,
  config: GatewayConfig | undefined,
): GatewayScene {
  const liveness = livenessOf(fabric);
  const placed = placedNodes([...nodes.values()], fabric);
  const byChassis = new Map(
    [...placed.values()].flatMap(({ node, chassis }) => (chassis ? [[chassis.name, node] as const] : [])),
  );
  const known = new Map<string, readonly GatewayNode[]>();
  return {
    fabric,
    liveness,
    frozen: frozenChassis(fabric),
    chassisOf: (node) => placed.get(node)?.chassis,
    nodeOf: (chassis) => byChassis.get(chassis),
    asGateway(name, by, values, network) {
      const { node, chassis } = placed.get(name) ?? {};
      return (
        node && {
          name,
          node,
          chassis,
          origin: by,
          flaws: flawsOf({ node, chassis }, network, values, { fabric, liveness }),
        }
      );
    },
    chosen(policy, network) {
      const key = JSON.stringify([policy?.metadata.name ?? null, network]);
      const before = known.get(key);
      if (before) return before;
      const values = valuesOf(policy);
      const found = [...placed.values()].flatMap(({ node, chassis }): readonly GatewayNode[] => {
        const by = chosenBy(node, values, config);
        if (!by) return [];
        const flaws = flawsOf({ node, chassis }, network, values, { fabric, liveness });
        return [{ name: node.metadata.name, node, chassis, origin: by, flaws }];
      });
      known.set(key, found);
      return found;
    },
  };
}

type Placed = { readonly node: Node; readonly chassis: Chassis | undefined };

/** Every node with its chassis: the annotated one, else by hostname. */
function placedNodes(nodes: readonly Node[], { chassis }: Fabric): ReadonlyMap<string, Placed> {
  const byHost = new Map([...chassis.values()].reverse().map((each) => [each.hostname, each]));
  return new Map(
    nodes.map((node) => {
      const { name, annotations } = node.metadata;
      const annotated = chassis.get(annotations[chassisAnnotation] ?? '');
      return [name, { node, chassis: annotated ?? byHost.get(name) }] as const;
    }),
  );
}

/** What makes a node a gateway; undefined for the others. A policy's selector stands in place of label and ConfigMap. */
function chosenBy(
  node: Node,
  { nodeSelector, ref }: PolicyValues,
  config: GatewayConfig | undefined,
): Origin | undefined {
  const { name, labels } = node.metadata;
  if (ref && nodeSelector)
    return selects(nodeSelector, labels) ? origin(ref, 'spec.gateways.nodeSelector') : undefined;
  if (labels[externalGatewayLabel] === 'true')
    return origin(refOf(node), `metadata.labels['${externalGatewayLabel}']`);
  if (!config?.enabled || !config.nodes.includes(name)) return undefined;
  return origin(config.ref, configField('nodes'));
}

function flawsOf(
  { node, chassis }: Placed,
  network: string,
  { nodeReady }: PolicyValues,
  { fabric, liveness }: Pick<GatewayScene, 'fabric' | 'liveness'>,
): readonly Flaw[] {
  if (!chassis) return [isKnownDead(node, fabric, liveness) ? 'dead' : 'no-chassis'];
  const hasBridge = chassis.mappings.has(network);
  const flaws: readonly (readonly [Flaw, boolean])[] = [
    ['no-bridge', !hasBridge],
    ['cordoned', node.spec.unschedulable === true],
    ['dead', liveness.isDead(chassis.name)],
    ['cut-off', hasBridge && liveness.isCutOff(chassis.name, network)],
    ['no-flows', liveness.lacksFlows(chassis.name)],
    ['not-ready', nodeReady !== 'Ignore' && !isReady(node, liveness.isReady(chassis.name))],
  ];
  return flaws.filter(([, has]) => has).map(([flaw]) => flaw);
}

/** Whether a node is dead of which SB has no chassis any more: rows of the dead are taken away, and their agents' last reports name them. */
function isKnownDead({ metadata }: Node, { health }: Fabric, liveness: Liveness): boolean {
  const chassis = health?.get(metadata.name)?.chassis ?? metadata.annotations[chassisAnnotation];
  return chassis !== undefined && liveness.isDead(chassis);
}

/** The kubelet's word: the node's condition Ready, else what its agent reports; ready where nobody says. */
function isReady({ status }: Node, reported: boolean | undefined): boolean {
  const condition = status?.conditions?.find(({ type }) => type === 'Ready');
  return condition ? condition.status === 'True' : reported !== false;
}
