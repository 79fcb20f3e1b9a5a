import { formatRef } from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import type { VpcIntent } from '../intent.ts';
import type { Gateways } from './gateways.ts';

type Rules = Pick<VpcIntent, 'name' | 'ref' | 'sourceNats' | 'portForwards'>;

/** What ends with each drain of a VPC that is under way: what the old gateway's conntrack holds the new one has never seen. */
export function drainFindings(
  { name, ref, sourceNats, portForwards }: Rules,
  subnets: readonly string[],
  gateways: Gateways,
): readonly Finding[] {
  return subnets.flatMap((subnet) => {
    const drain = gateways.decisionOf(name, subnet)?.drain;
    const by = gateways.valuesOf(name).ref;
    if (!drain || drain.isOver || !by) return [];
    const rules = [...sourceNats, ...portForwards].filter((each) => each.subnet === subnet);
    const [first, ...others] = rules.map((rule) => formatRef(rule.ref));
    const more = others.length > 0 ? ` and ${others.length} more` : '';
    const ends = first === undefined ? '' : `, and established connections of ${first}${more} may end`;
    return [
      finding('gateway-draining', {
        object: ref,
        message: `node/${drain.node} is to leave the gateways of ${formatRef(ref)} to subnet/${subnet}: it serves for ${drain.seconds} s more, then node/${drain.to} does${ends}`,
        cure: `wait, or set spec.gateways.drainSeconds of ${formatRef(by)} to 0 to move it now`,
        related: [by, { kind: 'Node', name: drain.node }, ...rules.map((rule) => rule.ref)],
      }),
    ];
  });
}
