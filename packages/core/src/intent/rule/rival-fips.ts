import { formatRef } from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import { list } from '../../finding/list.ts';
import { finding } from '../../finding/make.ts';
import type { Asker } from '../../memo/per-item.ts';
import { repeatedKeys } from '../../memo/repeated-keys.ts';
import type { FloatingIpIntent } from '../intent.ts';
import { bySeniority, type Lookup } from '../object/lookup.ts';
import type { FloatingIpDraft } from './floating-ip.ts';

type Rival = Pick<FloatingIpIntent, 'ref' | 'subnet' | 'pairs' | 'target'>;

/**
 * Floating IPs of one VPC that lead to one address from one external subnet: OVN has several flows of equal priority for what leaves
 * (ovn-nb(5), NAT). Told of each of them, as it is the traffic of all that leaves with another address; those that came after the first are named
 * as the cause.
 */
export function rivalFips(fips: readonly Rival[], objects: Lookup['OvnFip']): readonly Finding[] {
  const pairs = fips.flatMap((fip) => fip.pairs.map((pair) => ({ fip, ...pair })));
  const groups = Map.groupBy(pairs, ({ fip, logical }) => `${fip.subnet} ${logical}`);
  return [...groups.values()].flatMap((group) => {
    if (group.length < 2) return [];
    const rivals = group.toSorted((left, right) => bySeniority(ageOf(left.fip), ageOf(right.fip)));
    return rivals.map((each) => ambiguous(each, rivals));
  });

  function ageOf({ ref: { name } }: Rival) {
    return objects.get(name) ?? { metadata: { name } };
  }
}

type Leading = { readonly fip: Rival; readonly external: string; readonly logical: string };

/** The finding about one of several, the oldest of which comes first. */
function ambiguous({ fip, logical }: Leading, rivals: readonly Leading[]): Finding {
  const [first, ...later] = rivals;
  const addresses = list(rivals.map(({ external }) => external));
  const added = list(later.map((each) => formatRef(each.fip.ref)));
  const isFirst = fip === first?.fip;
  const older = isFirst || !first ? '' : `, to which ${formatRef(first.fip.ref)} led already,`;
  return finding('fip-ambiguous', {
    object: fip.ref,
    field: fip.target.origin.field,
    message: `${logical}${older} has the floating IPs ${addresses}: it leaves with any of them${isFirst ? ` since ${added} came` : ''}`,
    cure: `keep one floating IP for each address of a workload${isFirst ? `: let ${added} lead elsewhere` : ''}`,
    related: rivals.flatMap((each) => (each.fip === fip ? [] : [each.fip.ref])),
  });
}

/** Whether there are any such floating IPs, of whatever VPC, among drafts. */
export function hasRivals(asker: Asker, drafts: readonly FloatingIpDraft[]): boolean {
  return waysOfSeveral(asker, drafts).size > 0;
}

const waysOfSeveral = repeatedKeys(({ use, target, pairs }: FloatingIpDraft) =>
  pairs.map(({ logical }) => `${target.vpc} ${use.subnet} ${logical}`),
);
