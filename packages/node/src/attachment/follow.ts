import { attach } from '../workload/attach.ts';
import { type Attached, isAttached, listAttached } from '../workload/attached.ts';
import type { Workload } from '../workload/workload.ts';
import { keptWorkload } from './kept-workload.ts';
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
    const wanted = keptWorkload(resources, place.host.node, attached);
    return wanted && !isAttached([attached], wanted) ? wanted : undefined;
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
