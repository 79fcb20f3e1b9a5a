import { badAnnotations } from './bad-annotations.ts';
import type { BadCase } from './bad-case.ts';
import { badGateways } from './bad-gateways.ts';
import { badKeeps } from './bad-keeps.ts';
import { badNames } from './bad-names.ts';
import { badNetworks } from './bad-networks.ts';
import { badPolicies } from './bad-policies.ts';
import { badReferences } from './bad-references.ts';
import { badRouting } from './bad-routing.ts';
import { badRuleClashes } from './bad-rule-clashes.ts';
import { badRuleTargets } from './bad-rule-targets.ts';

/** Every mistake there is a case of, but for fields that do nothing, see `badSupport`. */
export const badCases: readonly BadCase[] = [
  ...badNames,
  ...badNetworks,
  ...badReferences,
  ...badRuleTargets,
  ...badRuleClashes,
  ...badRouting,
  ...badPolicies,
  ...badKeeps,
  ...badGateways,
  ...badAnnotations,
];
