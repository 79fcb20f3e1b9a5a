import type { Pod, ResourceSet } from '@berth/api';
import { isArriving, portName } from '@berth/core';
import { withRoutes, workloadOf } from '../agent/workloads.ts';
import type { AddRequest } from '../cni/wire.ts';
import type { Workload } from '../workload/workload.ts';

/** The objects that say what a pod is to be attached with. */
export type PodResources = Pick<ResourceSet, 'Pod' | 'IP' | 'Subnet'>;

/** What a sandbox is to get, or what there is not yet. */
export type Found =
  | {
      readonly workload: Workload;
      /** Its port is another node's until the guest of its virtual machine has come here: OVN forwards none of its packets before. */
      readonly isArriving: boolean;
      readonly missing?: undefined;
    }
  | { readonly workload?: undefined; readonly missing: string };

/**
 * The workload of a sandbox. The pod must be the one that the sandbox is of, not another one of its name, and its IP object there to stay
 * and bound to this node, or to another one where a live migration is to bring it here.
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
  const found = podNamed(pod, pods);
  if (!found) return { missing: `the cluster has no ${called} on node ${node}` };
  if (uid !== undefined && !isOfUid(found, uid)) {
    return { missing: `${called} of uid ${uid} is gone; there is another one of that name` };
  }
  const port = portName(found);
  const ip = ips.find(({ metadata }) => metadata.name === port);
  if (!ip || ip.metadata.deletionTimestamp !== undefined)
    return { missing: `${called} has no address: no ip/${port}` };
  const isElsewhere = ip.spec.nodeName !== node;
  if (isElsewhere && !isArriving(found)) {
    return { missing: `ip/${port} is bound to node ${ip.spec.nodeName ?? 'none'}, not to ${node}` };
  }
  const subnet = subnets.find(({ metadata }) => metadata.name === ip.spec.subnet);
  if (!subnet) return { missing: `ip/${port} is of subnet/${ip.spec.subnet ?? ''}, which there is not` };
  const workload = workloadOf(ip, subnet, netnsName(netns), attachment.ifname);
  if (!workload) return { missing: `ip/${port} has no MAC or no address of subnet/${subnet.metadata.name}` };
  const sandbox = { id: attachment.containerId, network, podUid: uid };
  return {
    workload: { ...withRoutes(workload, found), namespace, name, sandbox, ...(mtu !== undefined && { mtu }) },
    isArriving: isElsewhere,
  };
}

/** The pod of a sandbox, as the cluster has it. */
export function podNamed({ namespace, name }: AddRequest['pod'], pods: readonly Pod[]): Pod | undefined {
  return pods.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
}

/**
 * Whether a pod is the one that kubelet knows by a uid. The uid of a static pod is a hash of its manifest; what the cluster has of it is a
 * mirror with a uid of its own, which names the hash (Kubernetes, "Create static Pods").
 */
function isOfUid({ metadata }: Pod, uid: string): boolean {
  return metadata.uid === uid || metadata.annotations['kubernetes.io/config.hash'] === uid;
}

/** The name of a pod's logical switch port, for a pod of which nothing is known but its name. */
export function portNameOf({ namespace, name }: AddRequest['pod']): string {
  return `${name}.${namespace}`;
}

/** A network namespace as programs of the node take it: by its name where it has one. */
export function netnsName(path: string): string {
  const [, name] = /^(?:\/var)?\/run\/netns\/([^/]+)$/.exec(path) ?? [];
  return name ?? path;
}
