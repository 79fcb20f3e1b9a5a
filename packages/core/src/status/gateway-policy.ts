import { formatRef, type GatewayPolicy, refKey, refOf } from '@berth/api';
import type { FindingCode } from '../finding/catalogue.ts';
import { vpcsOf } from '../intent/gateway-policy.ts';
import { withCondition } from './condition.ts';
import { effectiveValues } from './policy-effective.ts';
import { errorBehind, errorOf, pending, programmed, type Verdict, withNotes } from './verdict.ts';
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
  const accepted = withNotes(acceptedOf(policy, vpcs, view), refOf(policy), view.findings);
  const before = policy.status?.conditions;
  const conditions = withCondition('Accepted', before, accepted, generation, view.now);
  return {
    ...policy.status,
    conditions: withCondition(
      'Programmed',
      conditions,
      programmedOf(policy, vpcs, view),
      generation,
      view.now,
    ),
    effective: vpcs.length === 0 ? [] : effectiveValues(policy, vpcs, view),
  };
}

function acceptedOf(policy: GatewayPolicy, vpcs: readonly string[], view: View): Verdict {
  const counts = vpcs.length === 0 ? 'counts for no VPC' : `counts for ${named(vpcs)}`;
  const error = errorAmong(policy, view, (code) => !ofEffect.has(code));
  return error
    ? { ...error, message: `${error.message}; ${counts}` }
    : { ready: true, reason: 'Accepted', message: counts };
}

function programmedOf(policy: GatewayPolicy, vpcs: readonly string[], view: View): Verdict {
  if (vpcs.length === 0) return pending('counts for no VPC');
  const behind = vpcs.map((name) => ({ kind: 'Vpc', name }));
  return (
    errorAmong(policy, view, (code) => ofEffect.has(code)) ??
    errorBehind(behind, view.findings) ??
    programmed(`in effect for ${named(vpcs)}`)
  );
}

function errorAmong(
  policy: GatewayPolicy,
  { findings }: View,
  isMeant: (code: FindingCode) => boolean,
): Verdict | undefined {
  const key = refKey(refOf(policy));
  const meant = (findings.get(key) ?? []).filter(
    ({ code, severity }) => severity !== 'error' || isMeant(code),
  );
  return errorOf(refOf(policy), new Map([[key, meant]]));
}

function named(vpcs: readonly string[]): string {
  return vpcs.map((name) => formatRef({ kind: 'Vpc', name })).join(', ');
}
