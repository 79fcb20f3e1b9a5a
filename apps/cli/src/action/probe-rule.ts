import { formatRef, type ResourceSet } from '@berth/api';
import { type Intent, type ObjectRef, podOfIp, type SourceNatIntent } from '@berth/core';
import { contains, familyOf, type Ip, parseCidr, parseIp } from '@berth/net';
import { CliFault } from '../context/cli-fault.ts';

/** A connection that shows a rule at work. Places are `outside`, or a pod as `ns/name`. */
export type Connection = {
  readonly direction: 'inbound' | 'outbound';
  readonly protocol: 'tcp' | 'udp';
  readonly from: string;
  readonly server: string;
  readonly to: Ip;
  /** What the client connects to, and what the server listens on. */
  readonly port: number;
  readonly serverPort: number;
  /** The client's address as the server must see it; undefined where any will do. */
  readonly seenAs: Ip | undefined;
};

/** A port of the outside that nothing else in a lab uses. */
export const outsidePort = 40_123;

/** The connections that show an SNAT or DNAT rule; undefined for an object of another kind. Throws CliFault `cannot-tell`. */
export function connectionsOf(
  ref: ObjectRef,
  intent: Intent,
  resources: ResourceSet,
): readonly Connection[] | undefined {
  if (ref.kind !== 'OvnSnatRule' && ref.kind !== 'OvnDnatRule') return undefined;
  const all =
    ref.kind === 'OvnSnatRule' ? throughSnat(ref, intent, resources) : throughDnat(ref, intent, resources);
  if (all === undefined)
    throw new CliFault(
      'cannot-tell',
      `${formatRef(ref)} is not programmed`,
      'see berth status for what is wrong',
    );
  if (all.length > 0) return all;
  const cure =
    ref.kind === 'OvnSnatRule' ? 'add a pod whose packets it translates' : 'let the rule lead to a pod';
  throw new CliFault('cannot-tell', `there is no pod behind ${formatRef(ref)} to probe it with`, cure);
}

/** Out of a pod whose packets the rule translates, one for each address family. */
function throughSnat(
  { name }: ObjectRef,
  { vpcs, externals }: Intent,
  resources: ResourceSet,
): readonly Connection[] | undefined {
  const vpc = vpcs.find(({ sourceNats }) => sourceNats.some((each) => each.name === name));
  const rule = vpc?.sourceNats.find((each) => each.name === name);
  if (!vpc || !rule) return undefined;
  const networks = externals.find((each) => each.name === rule.subnet)?.networks ?? [];
  const own = new Set(vpc.floatingIps.flatMap(({ pairs }) => pairs.map(({ logical }) => logical)));
  const ports = vpc.subnets.flatMap((subnet) => subnet.ports);
  return rule.pairs.flatMap(({ external, logical }) => {
    const to = networks.find(({ gateway }) => familyOf(gateway) === familyOf(external))?.gateway;
    const source = ports
      .flatMap((port) => port.addresses.map((ip) => ({ ip, pod: podOf(port.name, resources) })))
      // A floating IP comes before an SNAT, and the smallest network before the others.
      .find(({ ip, pod }) => pod && !own.has(ip) && narrowest(ip, vpc.sourceNats) === logical);
    if (to === undefined || source?.pod === undefined) return [];
    return [
      {
        direction: 'outbound' as const,
        protocol: 'tcp' as const,
        from: source.pod,
        server: 'outside',
        to,
        port: outsidePort,
        serverPort: outsidePort,
        seenAs: external,
      },
    ];
  });
}

/** The traffic that an address belongs to, as OVN chooses it: the longest prefix. */
function narrowest(ip: Ip, rules: readonly SourceNatIntent[]): string | undefined {
  const length = (logical: string): number => Number(logical.split('/')[1] ?? 128);
  return rules
    .flatMap(({ pairs }) => pairs.map(({ logical }) => logical))
    .filter((logical) => holds(logical, ip))
    .toSorted((left, right) => length(right) - length(left))[0];
}

function holds(logical: string, ip: Ip): boolean {
  const cidr = logical.includes('/') ? parseCidr(logical) : undefined;
  return cidr ? contains(cidr, ip) : parseIp(logical) === ip;
}

/** From outside to the forwarded port, one for each address family. */
function throughDnat(
  { name }: ObjectRef,
  { vpcs }: Intent,
  resources: ResourceSet,
): readonly Connection[] | undefined {
  const vpc = vpcs.find(({ portForwards }) => portForwards.some((each) => each.name === name));
  const rule = vpc?.portForwards.find((each) => each.name === name);
  if (!vpc || !rule) return undefined;
  const ports = vpc.subnets.flatMap((subnet) => subnet.ports);
  return rule.forwards.flatMap(({ external, logical }) => {
    const port = ports.find(({ addresses }) => addresses.includes(logical.ip));
    const pod = port && podOf(port.name, resources);
    if (pod === undefined) return [];
    return [
      {
        direction: 'inbound' as const,
        protocol: rule.protocol,
        from: 'outside',
        server: pod,
        to: external.ip,
        port: external.port,
        serverPort: logical.port,
        seenAs: undefined,
      },
    ];
  });
}

function podOf(ipName: string, { IP, Pod }: ResourceSet): string | undefined {
  const ip = IP.find(({ metadata }) => metadata.name === ipName);
  const pod = ip && podOfIp(ip, Pod);
  return pod && `${pod.metadata.namespace}/${pod.metadata.name}`;
}
