import type { NodeOrder } from '@berth/api';
import { fnv1a64 } from '@berth/net';
import { runsAtWorkload } from '../compile/floating-ip.ts';
import { type Fabric, gatewayClaim } from '../fabric/fabric.ts';
import type { Intent, VpcIntent } from '../intent/intent.ts';
import { type ExternalAddress, externalAddressesOf, routerPortName } from './external-address.ts';
import type { Checks } from './first-use.ts';
import { defaultHeartbeatMs, heartbeatOf } from './heartbeat.ts';

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
};

type Spec = NodeOrder['spec'];

/**
 * What each node's agent is to see to: uplinks to watch, addresses to announce when its chassis comes to answer for them, ports
 * to bind as a witness, and gateways it must not play while its ovn-controller is down. Pure: a node that has nothing to
 * do has an empty order, so that what it was asked before ends.
 */
export function nodeOrdersOf({ intent, fabric, nodes, epoch, checks }: OrderInput): readonly NodeOrder[] {
  const heartbeatMs = heartbeatOf(nodes.length);
  const probes = probesOf(intent);
  const { atGateways, atNodes } = addressesByPlace(intent, fabric);
  const witnesses = Map.groupBy(
    intent.externals.flatMap((external) => external.witnesses),
    ({ node }) => node,
  );
  return nodes.map(({ name, chassis }) => {
    const addresses = [
      ...(atNodes.get(name) ?? []),
      ...(chassis === undefined ? [] : (atGateways.get(chassis) ?? [])),
    ];
    const contents = {
      ...(heartbeatMs !== defaultHeartbeatMs && { heartbeatMs }),
      probes,
      addresses: addresses.map(entryOf).sort(byIp),
      ...(checks?.has(name) && { checks: checks.get(name) }),
      witnesses: (witnesses.get(name) ?? []).map(({ port }) => ({ port })),
      fences: fencesOf(name, chassis, intent, fabric),
    };
    return orderOf(name, epoch, contents);
  });
}

function orderOf(name: string, epoch: number, contents: Omit<Spec, 'epoch' | 'revision'>): NodeOrder {
  const revision = fnv1a64(JSON.stringify(contents)).toString(36);
  return {
    apiVersion: 'gateway.berth.dev/v1alpha1',
    kind: 'NodeOrder',
    metadata: { name, generation: 1, labels: {}, annotations: {}, finalizers: [], ownerReferences: [] },
    spec: { epoch, revision, ...contents },
  };
}

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
): {
  readonly atGateways: ReadonlyMap<string, readonly ExternalAddress[]>;
  readonly atNodes: ReadonlyMap<string, readonly ExternalAddress[]>;
} {
  const members = membersOf(intent, fabric);
  const atGateways = new Map<string, ExternalAddress[]>();
  const atNodes = new Map<string, ExternalAddress[]>();
  for (const address of externalAddressesOf(intent)) {
    if (address.node !== undefined) add(atNodes, address.node, address);
    else for (const chassis of members.get(address.routerPort) ?? []) add(atGateways, chassis, address);
  }
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

function entryOf({ ip, mac, network, vlanId, port, logicalIp }: ExternalAddress): Spec['addresses'][number] {
  return { ip, mac, network, vlanId, port, ...(logicalIp !== undefined && { logicalIp }) };
}

function byIp(left: { readonly ip: string }, right: { readonly ip: string }): number {
  return left.ip < right.ip ? -1 : left.ip > right.ip ? 1 : 0;
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
