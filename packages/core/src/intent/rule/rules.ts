import type { Finding } from '../../finding/finding.ts';
import { grouping } from '../../memo/grouping.ts';
import { choosing, gathering, perItem } from '../../memo/per-item.ts';
import type { Gateways } from '../gateway/gateways.ts';
import type { FloatingIpIntent, PortForwardIntent, SourceNatIntent, VpcIntent } from '../intent.ts';
import { ruleBook, rulesOn, sharedEips } from '../object/rule-book.ts';
import { nestedSources } from '../object/source-overlap.ts';
import type { Survey } from '../object/surveyed.ts';
import { draftFloatingIp, type FloatingIpDraft, type PlacedFloatingIp } from './floating-ip.ts';
import { type Drafted, draftsAlone, placedFloatingIps } from './floating-ips.ts';
import { neighboursOf } from './obstacle.ts';
import { resolvePortForward } from './port-forward.ts';
import { hasRivals, rivalFips } from './rival-fips.ts';
import { resolveSourceNat } from './source-nat.ts';

/** The rules of a VPC, each kind in name order. */
export type VpcRules = Pick<VpcIntent, 'floatingIps' | 'sourceNats' | 'portForwards'>;

type Resolved<T> = { readonly vpc: string; readonly intent: T };

/** The rules that can be programmed, by VPC, and why the others cannot. Conflicts are decided for the rule that was first. */
export function resolveRules(
  survey: Survey,
  gateways: Gateways,
): {
  readonly rulesOf: (vpc: string) => VpcRules;
  readonly findings: readonly Finding[];
} {
  const { asker, lookup } = survey;
  const findings: Finding[] = [];
  const book = ruleBook(survey);
  const shared = sharedEips(asker, lookup);
  const drafted = draftsAlone(survey, book, shared);
  findings.push(...draftNotes(asker, drafted));
  const snats: Resolved<SourceNatIntent>[] = [];
  const dnats: Resolved<PortForwardIntent>[] = [];
  const together: FloatingIpDraft[] = [];
  for (const rule of rulesOn(asker, shared, lookup)) {
    if (rule.kind === 'OvnFip') together.push(...listed(draftFloatingIp(rule, survey, book, findings)));
    else if (rule.kind === 'OvnSnatRule')
      snats.push(...listed(resolveSourceNat(rule, survey, book, findings)));
    else dnats.push(...listed(resolvePortForward(rule, survey, book, findings)));
  }
  const snatsOf = groupByVpc(snats);
  const dnatsOf = groupByVpc(dnats);
  const alone = draftOfEach(asker, drafted);
  const drafts = together.length > 0 ? alone.concat(together).sort(byName) : alone;
  const mayRival = hasRivals(asker, drafts);
  const byVpc = draftsByVpc(asker, drafts);
  const fipsOf = new Map<string, readonly FloatingIpIntent[]>();
  for (const vpc of lookup.Vpc.keys()) {
    const group = byVpc.get(vpc);
    if (!group) continue;
    const placed = placedFloatingIps(group, neighboursOf(dnatsOf(vpc), snatsOf(vpc)), survey, gateways);
    const fips = intentOfEach(group.asker, placed, {});
    fipsOf.set(vpc, fips);
    findings.push(...placeNotes(group.asker, placed));
    if (mayRival) findings.push(...rivalFips(fips, lookup.OvnFip));
  }
  findings.push(...nestedSources(book.sources));
  return {
    rulesOf: (vpc) => ({
      floatingIps: fipsOf.get(vpc) ?? [],
      sourceNats: snatsOf(vpc),
      portForwards: dnatsOf(vpc),
    }),
    findings,
  };
}

const draftOfEach = choosing(({ draft }: Drafted) => draft);
const draftNotes = gathering(({ findings }: Drafted) => findings);
const draftsByVpc = grouping(({ target }: FloatingIpDraft) => target.vpc);
const intentOfEach = perItem(({ intent }: PlacedFloatingIp) => intent);
const placeNotes = gathering(({ findings }: PlacedFloatingIp) => findings);

function byName(
  { fip: { metadata: left } }: FloatingIpDraft,
  { fip: { metadata: right } }: FloatingIpDraft,
): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}

function listed<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}

function groupByVpc<T extends { readonly name: string }>(
  resolved: readonly Resolved<T>[],
): (vpc: string) => readonly T[] {
  const grouped = new Map<string, readonly T[]>();
  for (const [vpc, each] of Map.groupBy(resolved, ({ vpc }) => vpc)) {
    grouped.set(
      vpc,
      each.map(({ intent }) => intent).sort((left, right) => (left.name < right.name ? -1 : 1)),
    );
  }
  return (vpc) => grouped.get(vpc) ?? [];
}
