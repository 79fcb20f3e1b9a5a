import { formatRef, type GatewayPolicy, refKey, refOf } from '@berth/api';
import type { FindingCode } from '../finding/catalogue.ts';
import type { Finding } from '../finding/finding.ts';
import { vpcsOf } from '../intent/object/gateway-policy.ts';
import { withCondition } from './condition.ts';
import { effectiveValues } from './policy-effective.ts';
import {
  errorBehind,
  errorOf,
  type FindingsByObject,
  pending,
  programmed,
  type Verdict,
  withNotes,
} from './verdict.ts';
import type { View } from './view.ts';

/** Errors that are not about what the policy says but about what came of it. */
const ofEffect: ReadonlySet<FindingCode> = new Set([
  'no-node-selected',
  'no-room-on-gateways',
  'row-clash',
  'transaction-refused',
]);

/** What a policy shows: whether it counts, whether it is in effect, and every value that counts with its origin (GEP-713). */
export function gatewayPolicyStatus(policy: GatewayPolicy, view: View): NonNullable<GatewayPolicy['status']> {
  const vpcs = vpcsOf(policy, view.policies);
  const { generation } = policy.metadata;
  const before = policy.status?.conditions;
  const accepted = acceptedOf(policy, vpcs, view);
  const conditions = withCondition('Accepted', before, accepted, generation, view.now);
  const inEffect = programmedOf(policy, vpcs, view);
  return {
    ...policy.status,
    conditions: withCondition('Programmed', conditions, inEffect, generation, view.now),
    vpcs,
    effective: vpcs.length === 0 ? [] : effectiveValues(policy, vpcs, view),
  };
}

/** Whether what the policy says is taken over: every error with its field, and for which VPCs the policy counts all the same. */
function acceptedOf(policy: GatewayPolicy, vpcs: readonly string[], view: View): Verdict {
  const counts =
    vpcs.length === 0 ? 'this policy counts for no VPC' : `this policy counts for ${named(vpcs)}`;
  const said = aboutPolicy(policy, view, ({ code }) => !ofEffect.has(code));
  const error = errorOf(refOf(policy), said);
  const verdict = error
    ? { ...error, message: `${error.message}; ${vpcs.length === 0 ? 'until then' : 'meanwhile'} ${counts}` }
    : { ready: true, reason: 'Accepted', message: counts };
  return withNotes(verdict, refOf(policy), said);
}

/** Whether what counts of the policy is in effect, and what keeps it from that. */
function programmedOf(policy: GatewayPolicy, vpcs: readonly string[], view: View): Verdict {
  if (vpcs.length === 0) return pending('this policy counts for no VPC; see condition Accepted');
  const behind = vpcs.map((name) => ({ kind: 'Vpc', name }));
  const came = aboutPolicy(policy, view, ({ code, severity }) => severity === 'error' && ofEffect.has(code));
  const verdict =
    errorOf(refOf(policy), came) ??
    errorBehind(behind, view.findings) ??
    programmed(`in effect for ${named(vpcs)}`);
  return withNotes(verdict, refOf(policy), came);
}

/** The findings about a policy that are meant, each with the field that it is about in its message. */
function aboutPolicy(
  policy: GatewayPolicy,
  { findings }: View,
  isMeant: (each: Finding) => boolean,
): FindingsByObject {
  const key = refKey(refOf(policy));
  return new Map([[key, (findings.get(key) ?? []).filter(isMeant).map(withField)]]);
}

function withField(each: Finding): Finding {
  const { field, message } = each;
  return field === undefined || message.includes(field) ? each : { ...each, message: `${field}: ${message}` };
}

function named(vpcs: readonly string[]): string {
  return vpcs.map((name) => formatRef({ kind: 'Vpc', name })).join(', ');
}
