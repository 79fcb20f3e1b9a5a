import type { Fabric, NodeHealth } from './fabric.ts';
import { heardFrom, wakingCure } from './frozen.ts';

/** What to do about a chassis that stands still, wherever it is told of: with the node, and with what it has not. `node` is what people call it. */
export function frozenCure(
  fabric: Fabric,
  chassis: string,
  { why, node }: { readonly why: string | undefined; readonly node: string | undefined },
): string {
  return `${wakingCure(why, `on node ${node ?? chassis}`)}; ${otherwise(heardFrom(fabric, chassis))}`;
}

/** What to do where the node cannot be had to go along. */
function otherwise(report: NodeHealth | undefined): string {
  if (report?.controllerRuns === undefined) return unfenced;
  return report.controllerRuns ? fencedOnceEnded : fenced;
}

/** An agent keeps a node that leaves the role from answering, see `fencesOf`. */
const fenced =
  'if it cannot work there and the node is a gateway, cordon it: its agent silences it there, and another gateway takes over';

/** It does not while the process is there. */
const fencedOnceEnded =
  'if it cannot work there and the node is a gateway, end it (kill -9) and cordon the node: its agent silences it there then, and another gateway takes over';

/** Nobody keeps a node without an agent from answering as a gateway. */
const unfenced =
  'if it cannot work there, stop ovs-vswitchd as well, or the node goes on answering beside the gateway that takes over';
