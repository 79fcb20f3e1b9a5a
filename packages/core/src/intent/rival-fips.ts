import type { Finding } from '../finding/finding.ts';
import { list } from '../finding/list.ts';
import { finding } from '../finding/make.ts';
import type { Asker } from '../memo/per-item.ts';
import { repeatedKeys } from '../memo/repeated-keys.ts';
import type { FloatingIpDraft } from './floating-ip.ts';
import type { FloatingIpIntent } from './intent.ts';

type Rival = Pick<FloatingIpIntent, 'ref' | 'subnet' | 'pairs' | 'target'>;

/**
 * Floating IPs of one VPC that lead to one address from one external subnet: OVN has several flows of equal priority for what leaves
 * (ovn-nb(5), NAT). Told of the last one by name: who came first a folder does not know, and it is to say what a cluster says.
 */
export function rivalFips(fips: readonly Rival[]): readonly Finding[] {
  const pairs = fips.flatMap((fip) => fip.pairs.map((pair) => ({ fip, ...pair })));
  const groups = Map.groupBy(pairs, ({ fip, logical }) => `${fip.subnet} ${logical}`);
  return [...groups.values()].flatMap((group) => {
    if (group.length < 2) return [];
    const rivals = group.toSorted((left, right) => (left.fip.ref.name < right.fip.ref.name ? -1 : 1));
    const last = rivals.at(-1);
    if (!last) return [];
    return [
      finding('fip-ambiguous', {
        object: last.fip.ref,
        field: last.fip.target.origin.field,
        message: `${last.logical} has the floating IPs ${list(rivals.map(({ external }) => external))}: it leaves with any of them`,
        cure: 'keep one floating IP for each address of a workload',
        related: rivals.slice(0, -1).map(({ fip }) => fip.ref),
      }),
    ];
  });
}

/** Whether there are any such floating IPs, of whatever VPC, among drafts. */
export function hasRivals(asker: Asker, drafts: readonly FloatingIpDraft[]): boolean {
  return waysOfSeveral(asker, drafts).size > 0;
}

const waysOfSeveral = repeatedKeys(({ use, target, pairs }: FloatingIpDraft) =>
  pairs.map(({ logical }) => `${target.vpc} ${use.subnet} ${logical}`),
);
