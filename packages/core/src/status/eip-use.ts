import { type Rule, refOf } from '@berth/api';
import type { ObjectRef } from '../finding/finding.ts';
import { isTerminating, type Lookup } from '../intent/object/lookup.ts';
import { rulesInOrder, rulesOn } from '../intent/object/rule-book.ts';
import { fewThenAll } from '../memo/few-then-all.ts';
import type { Asker } from '../memo/per-item.ts';
import { perObjectWith } from '../memo/per-object.ts';

/** A rule that is programmed. */
type ProgrammedRule = { readonly ref: ObjectRef; readonly vpc: string };

/** The rules that name an EIP, each list in order of seniority. */
type EipUse = {
  readonly programmed: readonly ProgrammedRule[];
  /** Those that are refused or wait, and are to stay. */
  readonly others: readonly ObjectRef[];
};

/** By the name of the EIP. */
export type EipUses = { get(eip: string): EipUse | undefined };

type Found = { get(rule: string): { readonly vpc: { readonly name: string } } | undefined };
/** What is programmed of each kind of rules. */
type Programmed = Readonly<Record<'floatingIps' | 'sourceNats' | 'portForwards', Found>>;

/** The rules by the EIP that they name. */
export function usesByEip(asker: Asker, lookup: Lookup, programmed: Programmed): EipUses {
  return fewThenAll(
    (name) => {
      const naming = rulesOn(asker, new Set([name]), lookup);
      return naming.length === 0 ? undefined : useBy(naming, programmed);
    },
    () => {
      const byEip = Map.groupBy(rulesInOrder(lookup), ({ spec }) => spec.ovnEip);
      return new Map([...byEip].map(([eip, naming]) => [eip, useBy(naming, programmed)]));
    },
  );
}

type Known = { readonly usesOfEip: EipUses };

/** The rules that use an EIP, the one that came last at the end. */
export function rulesOfEip(eip: string, { usesOfEip }: Known): readonly ProgrammedRule[] {
  return usesOfEip.get(eip)?.programmed ?? [];
}

/** The rules that name an EIP and are not programmed. */
export function otherRulesOfEip(eip: string, { usesOfEip }: Known): readonly ObjectRef[] {
  return usesOfEip.get(eip)?.others ?? [];
}

function useBy(naming: readonly Rule[], programmed: Programmed): EipUse {
  const all = naming.map((rule) => ({ rule, found: ruleIn(programmed, rule) }));
  return {
    programmed: all.flatMap(({ found }) => found ?? []),
    others: all.flatMap(({ rule, found }) => (found || isTerminating(rule) ? [] : refOf(rule))),
  };
}

function ruleIn(
  { floatingIps, sourceNats, portForwards }: Programmed,
  rule: Rule,
): ProgrammedRule | undefined {
  const ofKind = { OvnFip: floatingIps, OvnSnatRule: sourceNats, OvnDnatRule: portForwards }[rule.kind];
  const vpc = ofKind.get(rule.metadata.name)?.vpc.name;
  return vpc === undefined ? undefined : programmedRule(rule, { vpc });
}

const programmedRule = perObjectWith(
  (rule: Rule, { vpc }: Pick<ProgrammedRule, 'vpc'>): ProgrammedRule => ({
    ref: refOf(rule),
    vpc,
  }),
);
