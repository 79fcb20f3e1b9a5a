import { type IP, type OvnEip, type OvnFip, refKey, type Vip } from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import { type Group, grouping } from '../../memo/grouping.ts';
import { differenceOf } from '../../memo/list-difference.ts';
import { type Asker, perItemBeside } from '../../memo/per-item.ts';
import { areSame } from '../../memo/per-object.ts';
import type { Gateways } from '../gateway/gateways.ts';
import { grantOf } from '../object/eip-grant.ts';
import { listOf } from '../object/lookup.ts';
import { fipsOfEip, fipsOfTarget, type RuleBook } from '../object/rule-book.ts';
import type { Survey } from '../object/surveyed.ts';
import {
  draftFloatingIp,
  type FloatingIpDraft,
  type PlacedFloatingIp,
  placeFloatingIp,
  type Situation,
  situationOf,
} from './floating-ip.ts';
import { type Neighbours, nearestOf } from './obstacle.ts';

/** What becomes of a floating IP before it has its place. */
export type Drafted = { readonly draft: FloatingIpDraft | undefined; readonly findings: readonly Finding[] };

/** The floating IPs whose EIPs nobody shares with them, in name order: what becomes of one is no matter of who came first. */
export function draftsAlone(survey: Survey, book: RuleBook, shared: ReadonlySet<string>): readonly Drafted[] {
  const { asker, lookup, subnets, attachments, withheld, defaultSubnet } = survey;
  const all = listOf(lookup.OvnFip);
  const ofEip = fipsOfEip(asker, all);
  const together = new Set([...shared].flatMap(ofEip));
  const alone = together.size === 0 ? all : all.filter((fip) => !together.has(fip));
  const network = { subnets, attachments, withheld, defaultSubnet, vpcs: lookup.Vpc };
  return drafted(asker, alone, network, { survey, book });
}

type Network = Pick<Survey, 'subnets' | 'attachments' | 'withheld' | 'defaultSubnet'> & {
  readonly vpcs: Survey['lookup']['Vpc'];
};

/** What a floating IP refers to, and everything there is where that is not enough to tell what becomes of it. */
type Referred = {
  readonly eip: OvnEip | undefined;
  readonly target: IP | Vip | undefined;
  readonly survey: Survey | undefined;
};

const drafted = perItemBeside(
  ({ spec }: OvnFip, { survey }: { readonly survey: Survey; readonly book: RuleBook }): Referred => {
    const { OvnEip: eips, IP: ips, Vip: vips } = survey.lookup;
    const eip = eips.get(spec.ovnEip);
    const target = spec.ipName ? (spec.ipType === 'vip' ? vips : ips).get(spec.ipName) : undefined;
    const isPlain = eip !== undefined && grantOf(eip) === undefined && (!spec.ipName || target !== undefined);
    return { eip, target, survey: isPlain ? undefined : survey };
  },
  (fip, _referred, _network: Network, { survey, book }): Drafted => {
    const findings: Finding[] = [];
    return { draft: draftFloatingIp(fip, survey, book, findings), findings };
  },
  {
    mayDiffer: ({ survey: { lookup: before } }, { survey: { asker, lookup: now } }) => {
      const fips = listOf(now.OvnFip);
      const [ofEip, ofTarget] = [fipsOfEip(asker, fips), fipsOfTarget(asker, fips)];
      const targets = [...changedNames(before.IP, now.IP), ...changedNames(before.Vip, now.Vip)];
      return new Set([
        ...changedNames(before.OvnEip, now.OvnEip).flatMap(ofEip),
        ...targets.flatMap(ofTarget),
      ]);
    },
    isUnsure: ({ survey }) => survey !== undefined,
  },
);

/** The names of which there is another object than before, or none any more. */
function changedNames<T extends OvnEip | IP | Vip>(
  before: ReadonlyMap<string, T>,
  now: ReadonlyMap<string, T>,
): readonly string[] {
  const { gone, come } = differenceOf(listOf(before), listOf(now));
  return [...gone, ...come].map(({ metadata }) => metadata.name);
}

/** The floating IPs of one VPC in their places, in the order of the drafts; the rules that are their neighbours decide as well. */
export function placedFloatingIps(
  { asker, items: drafts }: Group<FloatingIpDraft>,
  neighbours: Neighbours,
  survey: Survey,
  gateways: Gateways,
): readonly PlacedFloatingIp[] {
  const situations = situationsOf(asker, drafts, (draft) => situationOf(draft, survey, gateways));
  return placed(asker, drafts, {}, { situations, neighbours });
}

type Surroundings = {
  readonly situations: ReadonlyMap<string, Situation>;
  readonly neighbours: Neighbours;
};

const placed = perItemBeside(
  ({ use, target, situation }: FloatingIpDraft, { situations, neighbours }: Surroundings) => {
    const { sharer, forward } = nearestOf(use, target, neighbours);
    // Told by what they say: references are made anew each time.
    return {
      situation: situations.get(situation),
      sharer: sharer && refKey(sharer),
      forward: forward && refKey(forward),
    };
  },
  (draft, { situation }, _: object, { neighbours }): PlacedFloatingIp => {
    const nearest = nearestOf(draft.use, draft.target, neighbours);
    if (situation === undefined)
      throw new Error(`nothing is known of the situation of ${draft.fip.metadata.name}`);
    return placeFloatingIp(draft, { ...nearest, ...situation });
  },
  {
    mayDiffer: (before, now) => {
      if (hasNeighbours(before) || hasNeighbours(now)) return undefined;
      const isAsBefore = now.situations
        .entries()
        .every(([name, situation]) => [undefined, situation].includes(before.situations.get(name)));
      return isAsBefore ? new Set() : undefined;
    },
  },
);

function hasNeighbours({ neighbours: { sharers, forwards } }: Surroundings): boolean {
  return sharers.size > 0 || forwards.size > 0;
}

const bySituation = grouping(({ situation }: FloatingIpDraft) => situation);

/** Each situation that drafts are in; the very same one as before where it is equal. */
function situationsOf(
  asker: Asker,
  drafts: readonly FloatingIpDraft[],
  of: (draft: FloatingIpDraft) => Situation,
): ReadonlyMap<string, Situation> {
  const before = situationsBefore.get(asker);
  const found = new Map<string, Situation>();
  for (const [name, { items }] of bySituation(asker, drafts)) {
    const situation = of(items[0] as FloatingIpDraft);
    const former = before?.get(name);
    found.set(name, former && areSame(former, situation) ? former : situation);
  }
  situationsBefore.set(asker, found);
  return found;
}

const situationsBefore = new WeakMap<Asker, ReadonlyMap<string, Situation>>();
