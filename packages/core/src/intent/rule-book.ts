import type { OvnDnatRule, OvnEip, OvnFip, OvnSnatRule } from '@berth/api';
import { perObjectWith } from '../memo/per-object.ts';
import { bySeniority, type Lookup } from './lookup.ts';
import type { SourceBook } from './source-overlap.ts';
import type { Survey, SurveyedAttachment } from './surveyed.ts';

/** A rule that gives the public address of an OvnEip to something in a VPC. */
export type Rule = OvnFip | OvnSnatRule | OvnDnatRule;

/** All rules, those that were there first at the beginning. */
export function rulesInOrder({
  OvnFip,
  OvnSnatRule,
  OvnDnatRule,
}: Pick<Lookup, Rule['kind']>): readonly Rule[] {
  return inOrder(OvnFip, { OvnSnatRule, OvnDnatRule });
}

const inOrder = perObjectWith(
  (
    fips: Lookup['OvnFip'],
    { OvnSnatRule: snats, OvnDnatRule: dnats }: Pick<Lookup, 'OvnSnatRule' | 'OvnDnatRule'>,
  ): readonly Rule[] => [...fips.values(), ...snats.values(), ...dnats.values()].sort(bySeniority),
);

/** What rules are checked against: the network by name, and what the rules before have taken. */
export type RuleBook = {
  /** The external subnet of each EIP. */
  readonly subnets: ReadonlyMap<OvnEip, string>;
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
export function ruleBook({ eips, attachments, withheld }: Survey): RuleBook {
  return {
    subnets: new Map(eips.map(({ eip, subnet }) => [eip, subnet.subnet.metadata.name])),
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
