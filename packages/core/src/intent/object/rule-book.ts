import type { OvnDnatRule, OvnEip, OvnFip, Rule } from '@berth/api';
import { indexing } from '../../memo/indexing.ts';
import type { Asker } from '../../memo/per-item.ts';
import { perObjectWith } from '../../memo/per-object.ts';
import { repeatedKeys } from '../../memo/repeated-keys.ts';
import { bySeniority, type Lookup, listOf } from './lookup.ts';
import type { SourceBook } from './source-overlap.ts';
import type { Survey, SurveyedAttachment } from './surveyed.ts';

/** All rules, those that were there first at the beginning. */
export function rulesInOrder({
  OvnFip,
  OvnSnatRule,
  OvnDnatRule,
}: Pick<Lookup, Rule['kind']>): readonly Rule[] {
  return inOrder(OvnFip, { OvnSnatRule, OvnDnatRule });
}

/** The rules on some EIPs, those that were there first at the beginning. */
export function rulesOn(
  asker: Asker,
  eips: ReadonlySet<string>,
  lookup: Pick<Lookup, Rule['kind']>,
): readonly Rule[] {
  const others: readonly Rule[] = [...lookup.OvnSnatRule.values(), ...lookup.OvnDnatRule.values()];
  return [
    ...[...eips].flatMap(fipsOfEip(asker, listOf(lookup.OvnFip))),
    ...others.filter(({ spec }) => eips.has(spec.ovnEip)),
  ].sort(bySeniority);
}

/** The floating IPs by the name of their EIP. */
export const fipsOfEip = indexing(({ spec }: OvnFip) => spec.ovnEip);

/** The floating IPs by the name of the IP or Vip that they lead to. */
export const fipsOfTarget = indexing(({ spec }: OvnFip) => spec.ipName || undefined);

/** The names of the EIPs that several rules use between them. */
export function sharedEips(
  asker: Asker,
  { OvnFip, OvnSnatRule, OvnDnatRule }: Pick<Lookup, Rule['kind']>,
): ReadonlySet<string> {
  const others = [...OvnSnatRule.values(), ...OvnDnatRule.values()].map(({ spec }) => spec.ovnEip);
  // The rules of these kinds are few, and keep to the order of seniority in any case.
  return new Set([...eipsOfSeveral(asker, listOf(OvnFip)), ...others]);
}

const eipsOfSeveral = repeatedKeys(({ spec }: OvnFip) => [spec.ovnEip]);

const inOrder = perObjectWith(
  (
    fips: Lookup['OvnFip'],
    { OvnSnatRule: snats, OvnDnatRule: dnats }: Pick<Lookup, 'OvnSnatRule' | 'OvnDnatRule'>,
  ): readonly Rule[] => [...fips.values(), ...snats.values(), ...dnats.values()].sort(bySeniority),
);

/** What rules are checked against: the network by name, and what the rules before have taken. */
export type RuleBook = {
  /** The external subnet of an EIP that rules may use; undefined where there is none. */
  readonly subnetOf: (eip: OvnEip) => string | undefined;
  /** The attachments, by the name of the EIP that holds their address. */
  readonly routerPorts: ReadonlyMap<string, SurveyedAttachment>;
  /** By the name of the VPC. */
  readonly attachmentsOf: ReadonlyMap<string, readonly SurveyedAttachment[]>;
  /** The external subnets of each VPC's attachments, and of those that are not made. */
  readonly attached: Ways;
  readonly withheld: Ways;
  /** The first rule on each EIP, by the EIP's name: its VPC is the only one that may use the EIP. */
  readonly users: Map<string, { readonly vpc: string; readonly rule: Rule }>;
  /** By the name of their EIP. */
  readonly floatingIps: Map<string, OvnFip>;
  /** By protocol and public address with port. */
  readonly ports: Map<string, OvnDnatRule>;
  readonly sources: SourceBook;
};

/** The book before the first rule. */
export function ruleBook({ subnets, defaultSubnet, attachments, withheld }: Survey): RuleBook {
  return {
    subnetOf: ({ spec }) => {
      const subnet = subnets.get(spec.externalSubnet || defaultSubnet);
      return subnet?.external && subnet.subnet.metadata.name;
    },
    routerPorts: new Map(attachments.map((each) => [each.name, each])),
    attachmentsOf: Map.groupBy(attachments, ({ vpc }) => vpc.metadata.name),
    attached: waysOf(attachments),
    withheld: waysOf(withheld),
    users: new Map(),
    floatingIps: new Map(),
    ports: new Map(),
    sources: new Map(),
  };
}

type Ways = ReadonlyMap<string, ReadonlySet<string>>;

function waysOf(attachments: readonly SurveyedAttachment[]): Ways {
  const byVpc = Map.groupBy(attachments, ({ vpc }) => vpc.metadata.name);
  return new Map(
    [...byVpc].map(([vpc, own]) => [vpc, new Set(own.map(({ subnet }) => subnet.subnet.metadata.name))]),
  );
}
