import type { NodeOrder } from '@berth/api';
import { fnv1a64 } from '@berth/net';
import { runsAtWorkload } from '../compile/floating-ip.ts';
import { type Fabric, gatewayClaim } from '../fabric/fabric.ts';
import type { Finding } from '../finding/finding.ts';
import type { Intent, VpcIntent } from '../intent/intent.ts';
import { routerPortName } from '../intent/object/router-port-name.ts';
import { perObject } from '../memo/per-object.ts';
import type { Contested } from './contested.ts';
import { type ExternalAddress, externalAddressesOf } from './external-address.ts';
import type { Checks } from './first-use.ts';
import { defaultHeartbeatMs, heartbeatOf } from './heartbeat.ts';
import { type NodeOrders, type OrderRoom, oncePerObject, orderRoom, withinRoom } from './order-room.ts';
import { type OrderedAddresses, orderedAddressesOf, textOf } from './ordered-addresses.ts';

/** A node that may have an agent, and its chassis as far as it is known: from SB, else from the agent's last report. */
export type OrderedNode = { readonly name: string; readonly chassis: string | undefined };

/** What orders are made from. */
export type OrderInput = {
  readonly intent: Intent;
  readonly fabric: Fabric;
  readonly nodes: readonly OrderedNode[];
  /** Of the controller that gives them. */
  readonly epoch: number;
  /** Addresses that each node is to ask for, by the node. */
  readonly checks?: Checks;
  /** Addresses that somebody else may answer for as well: they are announced again once that is over. */
  readonly contested?: readonly Contested[];
  /** How large an order may be; by default as large as a cluster takes it. */
  readonly room?: OrderRoom;
};

type Spec = NodeOrder['spec'];

/**
 * What each node's agent is to see to: uplinks to watch, addresses to announce when its chassis comes to answer for them, ports
 * to bind as a witness, and gateways it must not play while its ovn-controller is down. Pure: a node that has nothing to
 * do has an empty order, so that what it was asked before ends.
 */
export function nodeOrdersOf({
  intent,
  fabric,
  nodes,
  epoch,
  checks,
  contested = [],
  room = orderRoom,
}: OrderInput): NodeOrders {
  const heartbeatMs = heartbeatOf(nodes.length);
  const probes = probesOf(intent);
  const { atGateways, atNodes } = addressesByPlace(intent, fabric, contested);
  const witnesses = Map.groupBy(
    intent.externals.flatMap((external) => external.witnesses),
    ({ node }) => node,
  );
  const findings: Finding[] = [];
  const orders = nodes.map(({ name, chassis }) => {
    const wanted = [
      ...(atNodes.get(name) ?? []),
      ...(chassis === undefined ? [] : (atGateways.get(chassis) ?? [])),
    ];
    const { addresses, findings: short } = withinRoom(name, wanted, intent, room);
    findings.push(...short);
    const contents = {
      ...(heartbeatMs !== defaultHeartbeatMs && { heartbeatMs }),
      probes,
      addresses,
      ...(checks?.has(name) && { checks: checks.get(name) }),
      witnesses: (witnesses.get(name) ?? []).map(({ port }) => ({ port })),
      fences: fencesOf(name, chassis, intent, fabric),
    };
    return orderOf(name, epoch, contents);
  });
  return { orders, findings: oncePerObject(findings) };
}

function orderOf(name: string, epoch: number, contents: Omit<Spec, 'epoch' | 'revision'>): NodeOrder {
  const seed = JSON.stringify({ ...contents, addresses: contents.addresses.map(digestOf) });
  const revision = fnv1a64(seed).toString(36);
  return {
    apiVersion: 'gateway.berth.dev/v1alpha1',
    kind: 'NodeOrder',
    metadata: { name, generation: 1, labels: {}, annotations: {}, finalizers: [], ownerReferences: [] },
    spec: { epoch, revision, ...contents },
  };
}

/** Stands for addresses that several nodes are ordered, worked out once for all of them. */
const digestOf = perObject((addresses: OrderedAddresses): string => fnv1a64(textOf(addresses)).toString(36));

/** One uplink probe for each external subnet that a VPC is attached to. */
function probesOf({ vpcs, externals }: Intent): Spec['probes'] {
  const used = new Set(vpcs.flatMap(({ attachments }) => attachments.map(({ subnet }) => subnet)));
  return externals
    .filter(({ name }) => used.has(name))
    .map(({ provider: network, vlanId, uplinkProbe }) => ({ network, vlanId, ...uplinkProbe }));
}

/** Addresses by who may have to answer: every member that a group has or is to have, or the workload's node. */
function addressesByPlace(
  intent: Intent,
  fabric: Fabric,
  contested: readonly Contested[],
): {
  readonly atGateways: ReadonlyMap<string, readonly OrderedAddresses[]>;
  readonly atNodes: ReadonlyMap<string, readonly OrderedAddresses[]>;
} {
  const all = externalAddressesOf(intent);
  const disputed = new Set(contested.map(({ ip, switchName }) => `${ip} ${switchName}`));
  const isContested = ({ ip, subnet }: ExternalAddress): boolean =>
    disputed.size > 0 && disputed.has(`${ip} ${subnet}`);
  const byNode = Map.groupBy(all, ({ node }) => node);
  const byPort = Map.groupBy(byNode.get(undefined) ?? [], ({ routerPort }) => routerPort);
  byNode.delete(undefined);
  const members = membersOf(intent, fabric);
  const atGateways = new Map<string, OrderedAddresses[]>();
  for (const [routerPort, addresses] of byPort) {
    const ordered = orderedAddressesOf(addresses, isContested);
    for (const chassis of members.get(routerPort) ?? []) add(atGateways, chassis, ordered);
  }
  const atNodes = new Map(
    [...byNode].flatMap(([node, own]) =>
      node === undefined ? [] : [[node, orderedAddressesOf(own, isContested)]],
    ),
  );
  return { atGateways, atNodes };
}

/** The chassis of each router port's group, now and once it is as wanted. */
function membersOf({ vpcs }: Intent, { gateways }: Fabric): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    vpcs.flatMap((vpc) =>
      vpc.attachments.map(({ subnet, gateways: wanted }) => {
        const port = routerPortName(vpc.name, subnet);
        const present = (gateways.get(port) ?? []).map(({ chassis }) => chassis);
        return [port, new Set([...wanted.map(({ chassis }) => chassis), ...present])] as const;
      }),
    ),
  );
}

/**
 * Gateways that another chassis serves, for a node that might play them still: its ovn-controller has left, or does not run.
 * While no chassis serves, what is fenced stays so, and a node whose gateway other nodes stand in for is fenced.
 */
function fencesOf(name: string, chassis: string | undefined, intent: Intent, fabric: Fabric): Spec['fences'] {
  const isInSb = chassis !== undefined && fabric.chassis.has(chassis);
  const report = fabric.health?.get(name);
  if (isInSb && report?.controllerRuns !== false) return [];
  const subnets = new Map(intent.externals.map((each) => [each.name, each]));
  return intent.vpcs.flatMap((vpc) =>
    vpc.attachments.flatMap(({ subnet, mac }) => {
      const external = subnets.get(subnet);
      const serving = gatewayClaim(fabric, routerPortName(vpc.name, subnet));
      const isFenced =
        serving === undefined
          ? report?.fenced?.has(mac) === true || isStoodInFor(name, subnet, vpc)
          : serving !== chassis;
      return external && isFenced ? [{ network: external.provider, vlanId: external.vlanId, mac }] : [];
    }),
  );
}

/** Whether the node of a workload answers for a floating IP that would be centralized, and it is not this node. */
function isStoodInFor(name: string, subnet: string, { floatingIps }: VpcIntent): boolean {
  return floatingIps.some(
    (fip) =>
      fip.subnet === subnet &&
      fip.placement.wanted === 'centralized' &&
      runsAtWorkload(fip) &&
      fip.target.node !== name,
  );
}

function add<T>(map: Map<string, T[]>, key: string, values: readonly T[]): void {
  const list = map.get(key);
  if (list) list.push(...values);
  else map.set(key, [...values]);
}
