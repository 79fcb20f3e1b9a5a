import type { Fabric } from './fabric.ts';
import { frozenAt, keepsFlows, saysOf } from './frozen.ts';
import { knowsNobody } from './neighbours.ts';
import { nodeName } from './node-name.ts';
import type { Overtaken } from './overtaken.ts';

/**
 * That a workload's chassis stands still and had learned of nobody outside behind a router port: it is the one that looks up who is to be sent to,
 * and asks nobody any more. Certain where somebody saw it begin: SB forgets what it keeps (ovn-nb(5), `mac_binding_age_threshold`).
 */
export function unacquaintedAt(fabric: Fabric, port: string, gatewayPort: string): Overtaken | undefined {
  const frozen = frozenAt(fabric, port);
  if (frozen === undefined || !knowsNobody(fabric, gatewayPort, port)) return undefined;
  const { chassis, why } = frozen;
  const node = nodeName(fabric, chassis);
  const isSeen = fabric.learnedBy?.has(chassis) === true;
  const what = isSeen
    ? 'had learned of no neighbour outside before it stood still'
    : 'stands still, and SB knows of no neighbour outside, or none any more, that it had learned of before';
  return {
    ...{ chassis, node },
    what: `${node}, where its workload is, ${what}: ${why}`,
    isCertain: isSeen && saysOf(fabric, chassis, keepsFlows),
  };
}
