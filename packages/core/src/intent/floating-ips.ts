import { type IP, type OvnEip, type OvnFip, refKey, type Vip } from '@berth/api';
import type { Finding } from '../finding/finding.ts';
import { differenceOf } from '../memo/list-difference.ts';
import { type Asker, perItemBeside } from '../memo/per-item.ts';
import { areSame } from '../memo/per-object.ts';
import { grantOf } from './eip-grant.ts';
import {
  draftFloatingIp,
  type FloatingIpDraft,
  type PlacedFloatingIp,
  placeFloatingIp,
  type Situation,
  situationOf,
} from './floating-ip.ts';
import type { Gateways } from './gateways.ts';
import { listOf } from './lookup.ts';
import { type Neighbours, nearestOf } from './obstacle.ts';
import type { RuleBook } from './rule-book.ts';
import type { Survey } from './surveyed.ts';

/** What becomes of a floating IP before it has its place. */
export type Drafted = { readonly draft: FloatingIpDraft | undefined; readonly findings: readonly Finding[] };

/** The floating IPs whose EIPs nobody shares with them, in name order: what becomes of one is no matter of who came first. */
export function draftsAlone(survey: Survey, book: RuleBook, shared: ReadonlySet<string>): readonly Drafted[] {
  const { asker, lookup, subnets, attachments, withheld, defaultSubnet } = survey;
  const all = listOf(lookup.OvnFip);
  const isAlone = all.some(({ spec }) => shared.has(spec.ovnEip));
  const alone = isAlone ? all.filter(({ spec }) => !shared.has(spec.ovnEip)) : all;
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
  ({ survey: { lookup: before } }, { survey: { lookup: now } }) => {
    const eips = changedNames(before.OvnEip, now.OvnEip);
    const targets = new Set([...changedNames(before.IP, now.IP), ...changedNames(before.Vip, now.Vip)]);
    return ({ spec }, { survey }) =>
      survey !== undefined || eips.has(spec.ovnEip) || (!!spec.ipName && targets.has(spec.ipName));
  },
);

/** The names of which there is another object than before, or none any more. */
function changedNames<T extends OvnEip | IP | Vip>(
  before: ReadonlyMap<string, T>,
  now: ReadonlyMap<string, T>,
): ReadonlySet<string> {
  const { gone, come } = differenceOf(listOf(before), listOf(now));
  return new Set([...gone, ...come].map(({ metadata }) => metadata.name));
}

/** The floating IPs in their places, in the order of the drafts. */
export function placedFloatingIps(
  drafts: readonly FloatingIpDraft[],
  neighbours: ReadonlyMap<string, Neighbours>,
  survey: Survey,
  gateways: Gateways,
): readonly PlacedFloatingIp[] {
  const situations = situationsOf(survey.asker, drafts, (draft) => situationOf(draft, survey, gateways));
  return placed(survey.asker, drafts, {}, { situations, neighbours });
}

type Surroundings = {
  readonly situations: ReadonlyMap<string, Situation>;
  readonly neighbours: ReadonlyMap<string, Neighbours>;
};

const placed = perItemBeside(
  ({ use, target, situation }: FloatingIpDraft, { situations, neighbours }: Surroundings) => {
    const near = neighbours.get(target.vpc);
    const { sharer, forward } = near ? nearestOf(use, target, near) : nobody;
    // Told by what they say: references are made anew each time.
    return {
      situation: situations.get(situation),
      sharer: sharer && refKey(sharer),
      forward: forward && refKey(forward),
    };
  },
  (draft, { situation }, _: object, { neighbours }): PlacedFloatingIp => {
    const near = neighbours.get(draft.target.vpc);
    const nearest = near ? nearestOf(draft.use, draft.target, near) : nobody;
    if (situation === undefined)
      throw new Error(`nothing is known of the situation of ${draft.fip.metadata.name}`);
    return placeFloatingIp(draft, { ...nearest, ...situation });
  },
  (before, now) => {
    if (hasNeighbours(before) || hasNeighbours(now)) return () => true;
    return ({ situation }, beside) => beside.situation !== now.situations.get(situation);
  },
);

function hasNeighbours({ neighbours }: Surroundings): boolean {
  return neighbours.values().some(({ sharers, forwards }) => sharers.size > 0 || forwards.size > 0);
}

const nobody = { sharer: undefined, forward: undefined };

/** Each situation that drafts are in; the very same one as before where it is equal. */
function situationsOf(
  asker: Asker,
  drafts: readonly FloatingIpDraft[],
  of: (draft: FloatingIpDraft) => Situation,
): ReadonlyMap<string, Situation> {
  const found = new Map<string, Situation>();
  for (const draft of drafts) if (!found.has(draft.situation)) found.set(draft.situation, of(draft));
  const before = situationsBefore.get(asker);
  situationsBefore.set(asker, found);
  for (const [name, situation] of found) {
    const former = before?.get(name);
    if (former && areSame(former, situation)) found.set(name, former);
  }
  return found;
}

const situationsBefore = new WeakMap<Asker, ReadonlyMap<string, Situation>>();
