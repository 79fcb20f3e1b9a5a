import type { LabPlan } from '../lab/plan.ts';
import type { ProbeFlow } from './prober.ts';

/**
 * Flows that tell of the machine and of nothing else: from each node to the next by their tunnel addresses. They pass every node's
 * ovs-vswitchd, whose one thread forwards all its packets, and no flow of OVN. Of a lab of one node there are none.
 */
export function sentinelsOf({ nodes }: Pick<LabPlan, 'nodes'>): readonly ProbeFlow[] {
  return nodes.flatMap(({ name }, place) => {
    const next = nodes[(place + 1) % nodes.length];
    if (next === undefined || next.name === name) return [];
    return [{ key: `sentinel ${name}`, from: name, to: next.tunnelIp }];
  });
}
