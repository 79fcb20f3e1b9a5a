import type { IP, Pod, Subnet } from '@berth/api';
import { podNetworkOf, podOfIp, podRoutes } from '@berth/core';
import { familyOf, parseMac, prefixLengthOf } from '@berth/net';
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
  /** For the routes that they ask for; absent where nobody tells. */
  readonly pods?: readonly Pod[] | undefined;
};

/**
 * The workloads of a node, by port name: each IP object that is bound to the node, has its addresses, and whose pod
 * has a network namespace there.
 */
export function workloadsOf({
  node,
  ips,
  subnets,
  netnsByPod,
  pods = [],
}: WorkloadSources): readonly Workload[] {
  const subnetByName = new Map(subnets.map((subnet) => [subnet.metadata.name, subnet]));
  return ips
    .filter(({ spec }) => spec.nodeName === node)
    .flatMap((ip) => {
      const netns = netnsByPod.get(`${ip.spec.namespace}/${ip.spec.podName}`);
      const subnet = subnetByName.get(ip.spec.subnet ?? '');
      const workload = netns !== undefined && subnet ? workloadOf(ip, subnet, netns) : undefined;
      return workload ? [withRoutes(workload, podOfIp(ip, pods))] : [];
    })
    .sort((left, right) => (left.portName < right.portName ? -1 : 1));
}

/** The workload of an IP object of a subnet; undefined while it lacks its MAC or an address of the subnet. */
export function workloadOf(
  ip: IP,
  subnet: Subnet,
  netns: string,
  interfaceName: string = podInterface,
): Workload | undefined {
  const { metadata, spec } = ip;
  const mac = parseMac(spec.macAddress ?? '');
  const { addresses, gateways } = podNetworkOf(ip, subnet);
  if (!mac || addresses.length === 0) return undefined;
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

/** A workload with the routes that its pod asks for: one to the whole world takes the place of the subnet's gateway. */
export function withRoutes(workload: Workload, pod: Pod | undefined): Workload {
  const asked = pod ? podRoutes(pod, workload) : [];
  if (asked.length === 0) return workload;
  const isDefault = ({ dst }: (typeof asked)[number]): boolean => prefixLengthOf(dst) === 0;
  const defaults = asked.filter(isDefault).map(({ gw }) => gw);
  const gateways = workload.gateways.map(
    (gateway) => defaults.find((gw) => familyOf(gw) === familyOf(gateway)) ?? gateway,
  );
  const routes = asked.filter((route) => !isDefault(route));
  return { ...workload, gateways, ...(routes.length > 0 && { routes }) };
}
