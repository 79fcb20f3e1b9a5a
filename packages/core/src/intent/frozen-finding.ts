import { type Fabric, isReportOf } from '../fabric/fabric.ts';
import { frozenChassis } from '../fabric/frozen.ts';
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
    const what = report
      ? `ovn-controller does not run on node ${node}`
      : `node ${node} stands still (${why})`;
    return [
      finding('node-frozen', {
        object: { kind: 'Node', name: node },
        message: `${what}: what was programmed there goes on, and what is new or changed does not work there`,
        cure: `start ovn-controller on the node; ${report ? fenced : unfenced}`,
      }),
    ];
  });
}

/** An agent keeps a node that leaves the role from answering, see `fencesOf`. */
const fenced =
  'if it cannot run there and the node is a gateway, cordon it: its agent silences it there, and another gateway takes over';

/** Nobody keeps a node without an agent from answering as a gateway. */
const unfenced =
  'if it cannot run there, stop ovs-vswitchd as well, or the node goes on answering beside the gateway that takes over';
