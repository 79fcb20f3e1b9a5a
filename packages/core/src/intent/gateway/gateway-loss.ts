import { formatRef, type Vpc } from '@berth/api';
import { reasonOf } from '../../finding/catalogue.ts';
import type { Finding, ObjectRef } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import type { VpcIntent } from '../intent.ts';
import type { PolicyValues } from '../object/policy-values.ts';
import type { Gateways } from './gateways.ts';

type Rules = Pick<VpcIntent, 'name' | 'ref' | 'floatingIps' | 'sourceNats' | 'portForwards'>;

/**
 * What stays lost while no gateway of a VPC is alive, each with the reason. Where nothing is chosen as a gateway, or what is chosen
 * cannot be one, `no-gateway` says it of the VPC.
 */
export function lossFindings(
  vpc: Rules,
  subnets: readonly string[],
  gateways: Gateways,
  before: Vpc | undefined,
): readonly Finding[] {
  const wasLost = before !== undefined && isToldLost(before);
  const policy = gateways.valuesOf(vpc.name);
  return subnets.flatMap((subnet) => {
    const decision = gateways.decisionOf(vpc.name, subnet);
    const isLost = decision?.isLost || (wasLost && !gateways.isProven(vpc.name, subnet));
    if (decision === undefined || !isLost) return [];
    if (decision.gateways.length === 0 && decision.gone.length === 0) return [];
    const nodes = decision.out;
    const names = nodes.join(', ');
    const lost = (object: ObjectRef, reason: string, cure: string): Finding =>
      finding('gateways-lost', {
        object,
        message: `no gateway of ${formatRef(vpc.ref)} to subnet/${subnet} is alive: ${names} ${nodes.length > 1 ? 'are' : 'is'} out${reason}`,
        cure,
        related: [{ kind: 'Subnet', name: subnet }, ...nodes.map((name) => ({ kind: 'Node', name }))],
      });
    const here = <T extends { readonly subnet: string }>(rules: readonly T[]): readonly T[] =>
      rules.filter((each) => each.subnet === subnet);
    return [
      lost(vpc.ref, '', startOne),
      ...here(vpc.floatingIps)
        .filter(({ placement }) => !placement.atWorkload)
        .map(({ ref, placement }) => {
          const cannot = policy.onGatewayLoss === 'Distribute' && placement.effective === 'centralized';
          return cannot
            ? lost(ref, ': this floating IP cannot be distributed, so it is lost', startOne)
            : lost(ref, blocked(policy), orDistribute(policy));
        }),
      ...[...here(vpc.sourceNats), ...here(vpc.portForwards)].map(({ ref }) =>
        lost(ref, ': what passes the gateway is lost until one is back', startOne),
      ),
    ];
  });
}

/**
 * Whether a VPC was last told that its gateways are lost. Those that come back are first seen by some and not by others, and know their uplinks
 * last: that it is over is told once one serves and is heard of.
 */
function isToldLost({ status }: Vpc): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.reason === reasonOf('gateways-lost');
}

const startOne = 'bring one of the gateway nodes back, or label another';

function orDistribute({ placement }: PolicyValues): string {
  if (placement === 'gateway-local' || placement === 'distributed') return startOne;
  return `${startOne}; a policy with onGatewayLoss Distribute would answer at the workload's node meanwhile`;
}

function blocked({ ref }: PolicyValues): string {
  return ref ? `, and ${formatRef(ref)} says Block: lost until one is back` : ': lost until one is back';
}
