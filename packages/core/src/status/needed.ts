import { formatRef, type Rule, refOf } from '@berth/api';
import type { ObjectRef } from '../finding/finding.ts';
import { podOfPort } from '../intent/object/port-holder.ts';
import { targetKindOf } from '../intent/object/target-kind.ts';
import { errorBehind, errorOf, pending, type Verdict } from './verdict.ts';
import type { View } from './view.ts';

/** The verdict over a rule that is not programmed: its own error, one of an object it needs, or that it waits. */
export function unprogrammed(rule: Rule, view: View): Verdict {
  const needed = neededBy(rule, view);
  return (
    errorOf(refOf(rule), view.findings) ??
    errorBehind(needed, view.findings) ??
    pending(`waits for ${formatRef(needed[0])} and its target`)
  );
}

/** Without these objects a rule cannot be programmed. */
function neededBy(rule: Rule, { lookup, defaultExternalSubnet }: View): readonly [ObjectRef, ...ObjectRef[]] {
  const { spec } = rule;
  const eip = lookup.OvnEip.get(spec.ovnEip);
  const kind = targetKindOf(rule);
  const named = lookup[kind].get(spec.ipName ?? '');
  const whole = 'vpcSubnet' in spec ? spec.vpcSubnet : undefined;
  const pod = kind === 'Vip' ? undefined : podOfPort(spec.ipName ?? '', lookup);
  const inside = named?.spec.subnet ?? whole;
  const vpc = lookup.Vpc.get(spec.vpc ?? lookup.Subnet.get(inside ?? '')?.spec.vpc ?? '');
  const subnets = [eip && (eip.spec.externalSubnet || defaultExternalSubnet), inside];
  return [
    { kind: 'OvnEip', name: spec.ovnEip },
    ...(spec.ipName ? [{ kind, name: spec.ipName }] : []),
    ...(pod ? [refOf(pod)] : []),
    ...subnets.flatMap((name) => (name ? [{ kind: 'Subnet', name }] : [])),
    ...(vpc ? [refOf(vpc)] : []),
  ];
}
