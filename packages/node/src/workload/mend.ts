import type { Host } from '../host/host.ts';
import { readLinks } from '../host/link.ts';
import { readRoutes } from '../host/route.ts';
import { mendingCommands } from './address-commands.ts';
import type { Workload } from './workload.ts';

/**
 * Gives a pod's end back the addresses and routes that it was attached with and lacks, and gives those programs that had to run. Everything else stays:
 * what somebody added, a route of somebody else's in the place of ours, and an interface that somebody took down, renamed, put into a bridge or
 * gave another MAC, whose addresses are for who did that. `recorded` is what it was attached with (`configOf`). Throws `HostFault`.
 */
export async function mend(
  host: Host,
  workload: Workload,
  recorded: string,
): Promise<readonly (readonly string[])[]> {
  const { netns, interfaceName, mac } = workload;
  const link = (await readLinks(host, { netns })).find(({ name }) => name === interfaceName);
  if (!link?.isUp || link.mac !== mac || link.master !== undefined) return [];
  const commands = mendingCommands({ link, routes: await readRoutes(host, { netns }), recorded }, workload);
  for (const argv of commands) await host.run(argv, { netns });
  return commands;
}
