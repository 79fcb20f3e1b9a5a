import { formatRef } from '@berth/api';
import type { Finding, ObjectRef } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import type { Survey } from '../object/surveyed.ts';
import type { Gateways } from './gateways.ts';

/** How many VPCs a message names. */
const named = 3;

/** What a cordon means for gateways: one finding for each node, whatever it is chosen for. Worth knowing, for it leaves fewer to take over. */
export function cordonFindings(
  { attachments }: Pick<Survey, 'attachments'>,
  gateways: Gateways,
): readonly Finding[] {
  const vpcsOf = new Map<string, Map<string, ObjectRef>>();
  for (const { vpc, subnet } of attachments) {
    const { name } = vpc.metadata;
    if (gateways.isGivenBack(name)) continue;
    for (const node of gateways.decisionOf(name, subnet.subnet.metadata.name)?.cordoned ?? []) {
      const vpcs = vpcsOf.get(node) ?? new Map<string, ObjectRef>();
      vpcsOf.set(node, vpcs.set(name, { kind: 'Vpc', name }));
    }
  }
  return [...vpcsOf].map(([node, vpcs]) => cordoned(node, [...vpcs.values()]));
}

function cordoned(node: string, vpcs: readonly ObjectRef[]): Finding {
  const rest = vpcs.length - named;
  const names = vpcs.slice(0, named).map(formatRef).join(', ');
  return finding('gateway-cordoned', {
    object: { kind: 'Node', name: node },
    field: 'spec.unschedulable',
    message: `gateway node ${node} is cordoned: it stays a gateway of ${names}${rest > 0 ? ` and ${rest} more` : ''} only while no other gateway node can be one, and where it is none it takes over from nobody`,
    cure: 'uncordon it when it may serve again: it takes nothing back by itself, and can take over then',
    related: vpcs,
  });
}
