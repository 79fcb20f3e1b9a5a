import type { IP } from '@berth/api';
import { isArriving, portName } from '@berth/core';
import type { Reader } from '@berth/source';
import type { AddRequest } from '../cni/wire.ts';
import { type PodResources, podNamed } from './find-workload.ts';

/** Where the pods of a node are read, with their addresses and the subnets. */
export type PodReader = Pick<Reader, 'list' | 'watch'> & {
  /** An IP that need not be of this node, as it is now; undefined where there is none. Throws `SourceFault`. */
  ipNamed(name: string): Promise<IP | undefined>;
};

/** What says how a sandbox is attached. A virtual machine that is to come to this node has an address that is another node's until then. */
export async function podResources(
  reader: PodReader,
  { pod }: Pick<AddRequest, 'pod'>,
): Promise<PodResources> {
  const { resources } = await reader.list();
  const found = podNamed(pod, resources.Pod);
  if (!found || !isArriving(found)) return resources;
  const port = portName(found);
  if (resources.IP.some(({ metadata }) => metadata.name === port)) return resources;
  const ip = await reader.ipNamed(port);
  return ip ? { ...resources, IP: [...resources.IP, ip] } : resources;
}
