import type { KindName, Resource, ResourceByKind, ResourceSet } from './resource.ts';

/** The kinds that give the public address of an OvnEip, named in `spec.ovnEip`, to something in a VPC. */
export const ruleKinds = ['OvnFip', 'OvnSnatRule', 'OvnDnatRule'] as const satisfies readonly KindName[];

export type RuleKind = (typeof ruleKinds)[number];
export type Rule = ResourceByKind[RuleKind];

/** Whether objects of a kind, as references name it, are rules. */
export function isRuleKind(kind: string): kind is RuleKind {
  return ruleKinds.some((each) => each === kind);
}

/** Whether an object is a rule. */
export function isRule(object: Resource): object is Rule {
  return isRuleKind(object.kind);
}

/** Every rule among objects. */
export function rulesIn({ OvnFip, OvnSnatRule, OvnDnatRule }: Pick<ResourceSet, RuleKind>): readonly Rule[] {
  return [...OvnFip, ...OvnSnatRule, ...OvnDnatRule];
}
