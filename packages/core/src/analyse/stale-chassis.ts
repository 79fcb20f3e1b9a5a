import type { Fabric } from '../fabric/fabric.ts';
import { nodeName } from '../fabric/node-name.ts';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';

/** That a chassis does not keep up with the databases; `what` tells of it, after its node's name. */
export function staleChassis(fabric: Fabric, chassis: string, what: string): Finding {
  const node = nodeName(fabric, chassis);
  const details = fabric.chassis.get(chassis)?.details;
  return finding('chassis-stale', {
    object: { kind: 'Node', name: node },
    message: `${node} ${what}`,
    cure: 'see that the node is up and that ovn-controller runs there and reaches SB; of a node that is gone for good delete the Chassis row',
    rows: details ? [{ db: 'SB', table: 'Chassis', uuid: details.row }] : [],
  });
}
