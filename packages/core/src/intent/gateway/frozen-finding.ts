import type { Fabric } from '../../fabric/fabric.ts';
import { frozenChassis, heardFrom, standsStill } from '../../fabric/frozen.ts';
import { frozenCure } from '../../fabric/frozen-cure.ts';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';

/**
 * Nodes whose ovn-controllers do not go along with NB while their flows are still there: what is programmed goes on, nothing new
 * arrives, and BFD, which is vswitchd's, keeps the node in its roles.
 */
export function frozenFindings(fabric: Fabric): readonly Finding[] {
  return [...frozenChassis(fabric)].flatMap(([name, why]) => {
    const own = fabric.chassis.get(name);
    if (!own) return [];
    const report = heardFrom(fabric, name);
    const node = report?.node ?? (own.hostname || name);
    const what =
      report && standsStill(report)
        ? `ovn-controller does not run on node ${node}`
        : `node ${node} stands still (${why})`;
    return [
      finding('node-frozen', {
        object: { kind: 'Node', name: node },
        message: `${what}: what was programmed there goes on, and what is new or changed does not work there`,
        cure: frozenCure(fabric, name, { why, node }),
      }),
    ];
  });
}
