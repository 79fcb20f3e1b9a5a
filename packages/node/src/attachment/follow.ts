import { parseCidr } from '@berth/net';
import { attach } from '../workload/attach.ts';
import { type Attached, isAttached, listAttached } from '../workload/attached.ts';
import { endOf, type Workload } from '../workload/workload.ts';
import { findWorkload } from './find-workload.ts';
import type { SandboxPlace } from './place.ts';

/**
 * Gives the pods that run the routes that they ask for by now, and takes away those that they do not any more. Nothing else of a pod changes while it
 * runs: whoever has another address or MAC than it was given is left to CHECK. Gives the pods that were changed. Runs no program where all have their
 * routes. Throws `HostFault`, `OvsdbFault`, `NodeFault`, `SourceFault`.
 */
export async function follow(place: SandboxPlace): Promise<readonly string[]> {
  const { resources } = await place.pods.list();
  const followed: string[] = [];
  const late = (attached: Attached): Workload | undefined => {
    const { sandbox, namespace, name, netns, interfaceName, isPresent } = attached;
    if (!sandbox || !isPresent) return undefined;
    const { workload } = findWorkload(resources, place.host.node, {
      pod: { namespace, name, ...(sandbox.podUid !== undefined && { uid: sandbox.podUid }) },
      network: sandbox.network,
      attachment: { containerId: sandbox.id, ifname: interfaceName },
      netns,
    });
    const wanted = workload && withMtuOf(attached, workload);
    return wanted && isSameEnd(attached, wanted) && !isAttached([attached], wanted) ? wanted : undefined;
  };
  for (const { portName, namespace, name } of present(place).filter((each) => late(each) !== undefined)) {
    await place.locks.run(portName, async () => {
      const now = present(place).find((each) => each.portName === portName);
      const workload = now && late(now);
      if (!workload) return;
      const { findings } = await attach({ ...place, workload, installTimeoutMs: 0 });
      if (findings.length === 0) followed.push(`pod/${namespace}/${name}`);
    });
  }
  return followed;
}

function present({ db, instance }: SandboxPlace): readonly Attached[] {
  return listAttached(db.snapshot(), instance);
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
