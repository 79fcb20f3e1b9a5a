import { formatRef } from '@berth/api';
import type { Fabric } from '../../fabric/fabric.ts';
import { frozenChassis } from '../../fabric/frozen.ts';
import { type Overtaken, overtakenAt } from '../../fabric/overtaken.ts';
import type { ExternalFlow } from '../flow.ts';

/**
 * Flows that pass a gateway with what the node of their workload goes on with that stands still, where that is not what NB says now. The very
 * same flows where every chassis keeps up.
 */
export function withOvertaken(flows: readonly ExternalFlow[], fabric: Fabric): readonly ExternalFlow[] {
  if (frozenChassis(fabric).size === 0) return flows;
  const of = ({ placement, logicalPort, origins }: ExternalFlow): Overtaken | undefined => {
    if (placement !== 'centralized' || logicalPort === undefined) return undefined;
    return overtakenAt(
      fabric,
      logicalPort,
      origins.map(({ object }) => formatRef(object)),
    );
  };
  return flows.map((flow) => {
    const overtaken = of(flow) ?? (flow.source && of(flow.source));
    return overtaken === undefined ? flow : { ...flow, overtaken };
  });
}
