import type { Fabric } from '../fabric/fabric.ts';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';

/**
 * Nodes whose agents say that ovn-controller does not run while its flows are still there: what is programmed goes on, nothing new
 * arrives, and BFD, which is vswitchd's, keeps the node in its roles.
 */
export function frozenFindings({ health = new Map() }: Pick<Fabric, 'health'>): readonly Finding[] {
  return [...health.values()].flatMap(({ node, isFresh, controllerRuns, flowsInstalled }) =>
    isFresh === false || controllerRuns !== false || flowsInstalled === false
      ? []
      : [
          finding('node-frozen', {
            object: { kind: 'Node', name: node },
            message: `ovn-controller does not run on node ${node}: what was programmed there goes on, and what is new or changed does not work there`,
            cure: 'start ovn-controller on the node',
          }),
        ],
  );
}
