import { type Fabric, isReportOf, type NodeHealth } from '../fabric/fabric.ts';
import { frozenChassis, standsStill, wakingCure } from '../fabric/frozen.ts';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';

/**
 * Nodes whose ovn-controllers do not go along with NB while their flows are still there: what is programmed goes on, nothing new
 * arrives, and BFD, which is vswitchd's, keeps the node in its roles.
 */
export function frozenFindings(fabric: Fabric): readonly Finding[] {
  const reports = [...(fabric.health?.values() ?? [])].filter(({ isFresh }) => isFresh !== false);
  return [...frozenChassis(fabric)].flatMap(([name, why]) => {
    const own = fabric.chassis.get(name);
    if (!own) return [];
    const report = reports.find((each) => isReportOf(each, own));
    const node = report?.node ?? (own.hostname || name);
    const what =
      report && standsStill(report)
        ? `ovn-controller does not run on node ${node}`
        : `node ${node} stands still (${why})`;
    return [
      finding('node-frozen', {
        object: { kind: 'Node', name: node },
        message: `${what}: what was programmed there goes on, and what is new or changed does not work there`,
        cure: `${wakingCure(why, 'on the node')}; ${otherwise(report)}`,
      }),
    ];
  });
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
