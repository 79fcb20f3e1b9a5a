import type { Finding } from '../finding/finding.ts';
import { draftFloatingIp, type FloatingIpDraft, placeFloatingIp } from './floating-ip.ts';
import type { Gateways } from './gateways.ts';
import type { FloatingIpIntent, PortForwardIntent, SourceNatIntent, VpcIntent } from './intent.ts';
import { neighboursOf } from './obstacle.ts';
import { resolvePortForward } from './port-forward.ts';
import { rivalFips } from './rival-fips.ts';
import { ruleBook, rulesInOrder } from './rule-book.ts';
import { resolveSourceNat } from './source-nat.ts';
import { nestedSources } from './source-overlap.ts';
import type { Survey } from './surveyed.ts';

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
  const findings: Finding[] = [];
  const book = ruleBook(survey);
  const drafts = new Map<string, FloatingIpDraft>();
  const snats: Resolved<SourceNatIntent>[] = [];
  const dnats: Resolved<PortForwardIntent>[] = [];
  for (const rule of rulesInOrder(survey.lookup)) {
    if (rule.kind === 'OvnFip') {
      const draft = draftFloatingIp(rule, survey, book, findings);
      if (draft) drafts.set(rule.metadata.name, draft);
    } else if (rule.kind === 'OvnSnatRule')
      snats.push(...listed(resolveSourceNat(rule, survey, book, findings)));
    else dnats.push(...listed(resolvePortForward(rule, survey, book, findings)));
  }
  const snatsOf = groupByVpc(snats);
  const dnatsOf = groupByVpc(dnats);
  const neighbours = new Map(
    [...survey.lookup.Vpc.keys()].map((vpc) => [vpc, neighboursOf(dnatsOf(vpc), snatsOf(vpc))]),
  );
  // Thousands of them: the names are in order already.
  const fipsOf = new Map<string, FloatingIpIntent[]>([...survey.lookup.Vpc.keys()].map((vpc) => [vpc, []]));
  for (const name of survey.lookup.OvnFip.keys()) {
    const draft = drafts.get(name);
    const near = draft && neighbours.get(draft.target.vpc);
    if (near) fipsOf.get(draft.target.vpc)?.push(placeFloatingIp(draft, near, survey, gateways, findings));
  }
  for (const some of fipsOf.values()) findings.push(...rivalFips(some));
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
