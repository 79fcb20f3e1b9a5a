import { type IP, type Subnet, splitCidrs, splitIps } from '@berth/api';
import { cidrFamily, contains, familyOf, firstHost, type Ip, parseMac } from '@berth/net';
import type { Workload } from '../workload/workload.ts';

/** Name of a pod's first interface. */
const podInterface = 'eth0';

/** What says which pods are to be attached on a node. */
export type WorkloadSources = {
  readonly node: string;
  readonly ips: readonly IP[];
  readonly subnets: readonly Subnet[];
  /** Network namespaces of the pods there are on the node, by namespace and name of the workload, as an IP has them. */
  readonly netnsByPod: ReadonlyMap<string, string>;
};

/**
 * The workloads of a node, by port name: each IP object that is bound to the node, has its addresses, and whose pod
 * has a network namespace there.
 */
export function workloadsOf({ node, ips, subnets, netnsByPod }: WorkloadSources): readonly Workload[] {
  const subnetByName = new Map(subnets.map((subnet) => [subnet.metadata.name, subnet]));
  return ips
    .filter(({ spec }) => spec.nodeName === node)
    .flatMap((ip) => {
      const netns = netnsByPod.get(`${ip.spec.namespace}/${ip.spec.podName}`);
      const subnet = subnetByName.get(ip.spec.subnet ?? '');
      return netns !== undefined && subnet ? (workloadOf(ip, subnet, netns) ?? []) : [];
    })
    .sort((left, right) => (left.portName < right.portName ? -1 : 1));
}

/** The workload of an IP object of a subnet; undefined while it lacks its MAC or an address of the subnet. */
export function workloadOf(
  { metadata, spec }: IP,
  subnet: Subnet,
  netns: string,
  interfaceName: string = podInterface,
): Workload | undefined {
  const mac = parseMac(spec.macAddress ?? '');
  const cidrs = splitCidrs(subnet.spec.cidrBlock);
  const addresses = splitIps(
    spec.ipAddress ?? [spec.v4IpAddress, spec.v6IpAddress].filter(Boolean).join(','),
  ).flatMap((ip) => {
    const cidr = cidrs.find((each) => contains(each, ip));
    return cidr ? [{ ip, cidr }] : [];
  });
  if (!mac || addresses.length === 0) return undefined;
  const given = splitIps(subnet.spec.gateway ?? '');
  const gateways = addresses.map(({ cidr }): Ip => {
    return given.find((ip) => familyOf(ip) === cidrFamily(cidr)) ?? firstHost(cidr);
  });
  return {
    namespace: spec.namespace ?? '',
    name: spec.podName ?? '',
    netns,
    portName: metadata.name,
    interfaceName,
    mac,
    addresses,
    gateways,
    ...(subnet.spec.mtu !== undefined && subnet.spec.mtu > 0 && { mtu: subnet.spec.mtu }),
  };
}
