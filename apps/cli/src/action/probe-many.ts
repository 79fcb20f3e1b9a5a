import type { ResourceSet } from '@berth/api';
import type { ExternalFlow, FloatingIpIntent, Intent, Target } from '@berth/core';
import { formatTarget } from '@berth/core';
import { contains, familyOf, type Ip, parseCidr, parseIp } from '@berth/net';
import { CliFault } from '../context/cli-fault.ts';
import {
  type Connection,
  firstOfEach,
  logicalsOf,
  podOfPort,
  translatedIn,
  wayOut,
} from './probe-connection.ts';
import { connectionsThrough, type RulesOf } from './probe-rule.ts';
import type { Known, Packets, Probing } from './probing.ts';

/** A target that stands for all floating IPs and rules of it. */
export type ManyTarget =
  | { readonly kind: 'vpc' | 'subnet'; readonly name: string }
  | Extract<Target, { readonly kind: 'nat' }>;

/**
 * Whatever is asked for behind a target, and beside it what rows of NB have that no object asks for. Throws CliFault `cannot-tell` where there is
 * nothing to send.
 */
export function manyPackets(
  target: ManyTarget,
  { intent, resources, flows }: Known,
  probingsOf: (fip: FloatingIpIntent) => readonly Probing[],
): Packets {
  const { isMeant, address, rules } = meantBy(target, intent, resources);
  const probings = intent.vpcs
    .flatMap(({ name, floatingIps }) => floatingIps.filter((fip) => isMeant(name, fip)))
    .flatMap(probingsOf)
    .filter((each) => address === undefined || each.address === address);
  const asked = rules ? connectionsThrough(rules, intent, resources) : [];
  const known = new Set([
    ...probings.map((each) => each.address),
    ...asked.map(({ to, seenAs }) => seenAs ?? to),
  ]);
  const others = flows.filter(({ externalIp }) => !known.has(parseIp(externalIp ?? '') ?? ('' as Ip)));
  const packets = {
    probings: [...probings, ...others.flatMap((flow) => rowProbings(flow, intent, resources))],
    connections: [...asked, ...rowConnections(others, intent, resources)],
  };
  if (packets.probings.length + packets.connections.length > 0) return packets;
  throw new CliFault(
    'cannot-tell',
    `there is no pod behind ${formatTarget(target)} to probe it with, and no floating IP`,
    `berth explain ${formatTarget(target)} tells what it is for`,
  );
}

/** What of the objects a target means. */
type Meant = {
  readonly isMeant: (vpc: string, fip: FloatingIpIntent) => boolean;
  /** Of floating IPs of two families the one that is meant; undefined where both are. */
  readonly address?: Ip;
  /** Undefined where no rule is meant. */
  readonly rules?: RulesOf;
};

function meantBy(target: ManyTarget, intent: Intent, resources: ResourceSet): Meant {
  if (target.kind === 'vpc') return { isMeant: (vpc) => vpc === target.name, rules: { vpc: target.name } };
  if (target.kind === 'nat') return meantByRow(target);
  const { name } = target;
  if (intent.externals.some((external) => external.name === name))
    return { isMeant: (_, { subnet }) => subnet === name, rules: { external: name } };
  const subnets = intent.vpcs.flatMap((vpc) => vpc.subnets.filter((subnet) => subnet.name === name));
  const ports = new Set(subnets.flatMap((subnet) => subnet.ports.map((port) => port.name)));
  const pods = new Set([...ports].flatMap((port) => podOfPort(port, resources) ?? []));
  return { isMeant: (_, { target: { port } }) => port !== undefined && ports.has(port), rules: { pods } };
}

function meantByRow({ router, type, externalIp }: Extract<Target, { kind: 'nat' }>): Meant {
  const address = parseIp(externalIp);
  if (address === undefined) return { isMeant: () => false };
  if (type !== 'dnat_and_snat') {
    const kind = type === 'snat' ? 'OvnSnatRule' : 'OvnDnatRule';
    return { isMeant: () => false, rules: { vpc: router, address, kind } };
  }
  const isMeant: Meant['isMeant'] = (vpc, { pairs }) =>
    vpc === router && pairs.some(({ external }) => external === address);
  return { isMeant, address };
}

/** Pings in to the workload of a NAT row, and from it out. A load-balancer of ports is none. */
function rowProbings(flow: ExternalFlow, { externals }: Intent, resources: ResourceSet): readonly Probing[] {
  const address = parseIp(flow.externalIp ?? '');
  const isWhole = flow.kind === 'floating-ip' || (flow.kind === 'port-forward' && !flow.externalPort);
  if (address === undefined || flow.direction !== 'inbound' || !isWhole) return [];
  const pod = flow.logicalPort === undefined ? undefined : podOfPort(flow.logicalPort, resources);
  const to = gatewayBeside(address, externals);
  const isBoth = flow.kind === 'floating-ip' && pod !== undefined && to !== undefined;
  return [{ address, of: pod ? { pod } : 'some-pod', outbound: isBoth ? { pod, to } : undefined }];
}

/** Out of a pod that an SNAT row translates, one for each address that the outside is to see. */
function rowConnections(
  flows: readonly ExternalFlow[],
  { vpcs, externals }: Intent,
  resources: ResourceSet,
): readonly Connection[] {
  const sources = flows.filter(({ kind, direction }) => kind === 'source-nat' && direction === 'outbound');
  const ways = sources.flatMap((flow): readonly Connection[] => {
    const seenAs = parseIp(flow.externalIp ?? '');
    const to = seenAs && gatewayBeside(seenAs, externals);
    const vpc = vpcs.find(({ name }) => name === flow.router);
    if (seenAs === undefined || to === undefined || !vpc) return [];
    const beside = sources.filter(({ router }) => router === flow.router).map(({ logicalIp }) => logicalIp);
    const isOf = translatedIn(vpc, [...logicalsOf(vpc), ...beside]);
    const ports = vpc.subnets
      .flatMap((subnet) => subnet.ports)
      .filter(({ addresses }) => addresses.some((ip) => isOf(flow.logicalIp, ip)));
    const [from] = ports.flatMap(({ name }) => podOfPort(name, resources) ?? []);
    return from === undefined ? [] : [wayOut(from, to, seenAs)];
  });
  return firstOfEach(ways);
}

/** Who is pinged outside by what has an address: the gateway of its external network. */
function gatewayBeside(address: Ip, externals: Intent['externals']): Ip | undefined {
  const networks = externals.flatMap((each) => each.networks);
  return networks.find(
    ({ gateway, cidr }) =>
      familyOf(gateway) === familyOf(address) && contains(parseCidr(cidr) ?? cidr, address),
  )?.gateway;
}
