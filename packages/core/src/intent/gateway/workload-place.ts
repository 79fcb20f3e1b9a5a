import { formatRef, refOf } from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import type { FloatingIpIntent } from '../intent.ts';
import { vpcsOf } from '../object/gateway-policy.ts';
import { podOfPort } from '../object/port-holder.ts';
import type { Survey } from '../object/surveyed.ts';
import type { GatewayNode } from './gateway-node.ts';
import type { Gateways } from './gateways.ts';

/** Workloads with a floating IP that are on no gateway node though the policy of their VPC wants them there. */
export function misplacedWorkloads(
  vpc: string,
  floatingIps: readonly FloatingIpIntent[],
  survey: Survey,
  { scene }: Gateways,
): readonly Finding[] {
  const policy = survey.policies.get(vpc);
  const wish = policy?.spec.workloads ?? 'Anywhere';
  if (!policy || wish === 'Anywhere') return [];
  return floatingIps.flatMap(({ ref, subnet, target: { node, port } }) => {
    const network = survey.subnets.get(subnet)?.external?.provider ?? '';
    const gateways = scene.chosen(policy, network);
    if (node === undefined || gateways.some(({ name }) => name === node)) return [];
    const pod = podOfPort(port ?? '', survey.lookup);
    const objects = [ref, ...(pod ? [refOf(pod)] : [])];
    return objects.map((object, index) =>
      finding('workload-off-gateway', {
        object,
        severity: wish === 'RequireGateways' ? 'warning' : 'info',
        message: `the workload ${port ?? ''} runs on node ${node}, and ${formatRef(refOf(policy))} ${
          wish === 'RequireGateways' ? 'requires' : 'prefers'
        } gateway nodes for it`,
        cure: 'let it be scheduled again, on a gateway node',
        related: [...objects.filter((_, place) => place !== index), refOf(policy)],
      }),
    );
  });
}

/** Policies that require gateway nodes for workloads where no such node takes any. */
export function noRoomFindings(survey: Survey, { scene }: Gateways): readonly Finding[] {
  const policies = [...new Set(survey.policies.values())];
  return policies.flatMap((policy) => {
    if (policy.spec.workloads !== 'RequireGateways') return [];
    const vpcs = vpcsOf(policy, survey.policies);
    const networks = survey.attachments
      .filter(({ vpc }) => vpcs.includes(vpc.metadata.name))
      .map(({ subnet }) => subnet.external?.provider ?? '');
    const full = [...new Set(networks)].sort().filter((network) => {
      const chosen = scene.chosen(policy, network);
      return chosen.length > 0 && !chosen.some(takesWorkloads);
    });
    return full.map((network) =>
      finding('no-room-on-gateways', {
        object: refOf(policy),
        field: 'spec.workloads',
        message: `workloads must run on gateway nodes, and none of network ${network} takes any: each is cordoned, NotReady or not part of the OVN`,
        cure: 'uncordon a gateway node, choose further ones, or set spec.workloads to PreferGateways',
      }),
    );
  });
}

function takesWorkloads({ flaws }: GatewayNode): boolean {
  return !flaws.some((flaw) => ['no-chassis', 'cordoned', 'dead', 'not-ready'].includes(flaw));
}
