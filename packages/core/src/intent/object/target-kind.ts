import type { Rule } from '@berth/api';

/** The kind of what a rule names in `spec.ipName`. */
export function targetKindOf(rule: Rule): 'IP' | 'Vip' {
  return rule.kind !== 'OvnSnatRule' && rule.spec.ipType === 'vip' ? 'Vip' : 'IP';
}
