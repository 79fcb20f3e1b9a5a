import type { Pod, ResourceSet } from '@berth/api';
import { workloadOf } from '../agent/workloads.ts';
import type { AddRequest } from '../cni/wire.ts';
import type { Workload } from '../workload/workload.ts';

/** The objects that say what a pod is to be attached with. */
export type PodResources = Pick<ResourceSet, 'Pod' | 'IP' | 'Subnet'>;

/** What a sandbox is to get, or what there is not yet. */
export type Found =
  | { readonly workload: Workload; readonly missing?: undefined }
  | { readonly workload?: undefined; readonly missing: string };

/**
 * The workload of a sandbox. The pod must be the one that the sandbox is of, not another one of its name, and its IP object bound to this
 * node and there to stay.
 */
export function findWorkload(
  { Pod: pods, IP: ips, Subnet: subnets }: PodResources,
  node: string,
  {
    pod,
    network,
    attachment,
    netns,
    mtu,
  }: Pick<AddRequest, 'pod' | 'network' | 'attachment' | 'netns' | 'mtu'>,
): Found {
  const { namespace, name, uid } = pod;
  const called = `pod/${namespace}/${name}`;
  const found = pods.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  if (!found) return { missing: `the cluster has no ${called} on node ${node}` };
  if (uid !== undefined && !isOfUid(found, uid)) {
    return { missing: `${called} of uid ${uid} is gone; there is another one of that name` };
  }
  const portName = portNameOf(pod);
  const ip = ips.find(({ metadata }) => metadata.name === portName);
  if (!ip || ip.metadata.deletionTimestamp !== undefined)
    return { missing: `${called} has no address: no ip/${portName}` };
  if (ip.spec.nodeName !== node) {
    return { missing: `ip/${portName} is bound to node ${ip.spec.nodeName ?? 'none'}, not to ${node}` };
  }
  const subnet = subnets.find(({ metadata }) => metadata.name === ip.spec.subnet);
  if (!subnet) return { missing: `ip/${portName} is of subnet/${ip.spec.subnet ?? ''}, which there is not` };
  const workload = workloadOf(ip, subnet, netnsName(netns), attachment.ifname);
  if (!workload)
    return { missing: `ip/${portName} has no MAC or no address of subnet/${subnet.metadata.name}` };
  const sandbox = { id: attachment.containerId, network, podUid: uid };
  return { workload: { ...workload, sandbox, ...(mtu !== undefined && { mtu }) } };
}

/**
 * Whether a pod is the one that kubelet knows by a uid. The uid of a static pod is a hash of its manifest; what the cluster has of it is a
 * mirror with a uid of its own, which names the hash (Kubernetes, "Create static Pods").
 */
function isOfUid({ metadata }: Pod, uid: string): boolean {
  return metadata.uid === uid || metadata.annotations['kubernetes.io/config.hash'] === uid;
}

/** The name of a pod's logical switch port. */
export function portNameOf({ namespace, name }: AddRequest['pod']): string {
  return `${name}.${namespace}`;
}

/** A network namespace as programs of the node take it: by its name where it has one. */
export function netnsName(path: string): string {
  const [, name] = /^(?:\/var)?\/run\/netns\/([^/]+)$/.exec(path) ?? [];
  return name ?? path;
}
