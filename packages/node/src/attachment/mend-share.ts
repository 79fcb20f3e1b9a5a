import { listAttached } from '../workload/attached.ts';
import { mend } from '../workload/mend.ts';
import { keptWorkload } from './kept-workload.ts';
import type { SandboxPlace } from './place.ts';

/** In so many turns every pod has been looked at once: each costs three programs in its namespace. */
export const turnsForAll = 4;

/** What pods got back, and of which of them it failed. */
export type Mended = { readonly pods: readonly string[]; readonly faults: readonly unknown[] };

/**
 * Looks into the pods whose turn it is, and gives them back the addresses and routes that they were attached with and lack; see `mend`. One that cannot
 * be looked into keeps no other from its turn. Throws `SourceFault`.
 */
export async function mendShare(place: SandboxPlace, turn: number): Promise<Mended> {
  const { resources } = await place.pods.list();
  const present = () => listAttached(place.db.snapshot(), place.instance);
  const [pods, faults]: [string[], unknown[]] = [[], []];
  const due = present().filter((_, at) => at % turnsForAll === turn % turnsForAll);
  for (const { portName, namespace, name } of due) {
    await place.locks.run(portName, async () => {
      const now = present().find((each) => each.portName === portName);
      const workload = now && keptWorkload(resources, place.host.node, now);
      if (!workload) return;
      try {
        const commands = await mend(place.host, workload, now.config);
        if (commands.length > 0) pods.push(`pod/${namespace}/${name}`);
      } catch (fault) {
        faults.push(fault);
      }
    });
  }
  return { pods, faults };
}
