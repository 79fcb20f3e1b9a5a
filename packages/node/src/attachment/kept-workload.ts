import { parseCidr } from '@berth/net';
import type { Attached } from '../workload/attached.ts';
import { endOf, type Workload } from '../workload/workload.ts';
import { findWorkload, type PodResources } from './find-workload.ts';

/**
 * The workload of a sandbox that is on the switch, as its objects say by now; undefined where they say that it has another address or MAC than it was given,
 * and where it is of another pod, or its device is gone.
 */
export function keptWorkload(
  resources: PodResources,
  node: string,
  attached: Attached,
): Workload | undefined {
  const { sandbox, namespace, name, netns, interfaceName, isPresent } = attached;
  if (!sandbox || !isPresent) return undefined;
  const { workload } = findWorkload(resources, node, {
    pod: { namespace, name, ...(sandbox.podUid !== undefined && { uid: sandbox.podUid }) },
    network: sandbox.network,
    attachment: { containerId: sandbox.id, ifname: interfaceName },
    netns,
  });
  const wanted = workload && withMtuOf(attached, workload);
  return wanted && isSameEnd(attached, wanted) ? wanted : undefined;
}

/** The runtime's network may have said the MTU, which only the record has. */
function withMtuOf({ config }: Attached, { mtu: _wanted, ...workload }: Workload): Workload {
  const [, mtu] = / mtu (\d+)/.exec(config) ?? [];
  return mtu === undefined ? workload : { ...workload, mtu: Number(mtu) };
}

/**
 * Whether an interface was set up with the place, the MAC and the addresses of a workload, and no others. After them come routes, which lead to
 * networks; an address within a network is none.
 */
function isSameEnd({ config }: Attached, workload: Workload): boolean {
  const end = `${endOf(workload)} `;
  if (!`${config} `.startsWith(end)) return false;
  const [next = ''] = config.slice(end.length).split(' ');
  return !next.includes('/') || parseCidr(next) !== undefined;
}
