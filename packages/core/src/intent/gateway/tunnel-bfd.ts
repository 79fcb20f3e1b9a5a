import { type GatewayPolicy, refOf } from '@berth/api';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import { origin } from '../../finding/origin.ts';
import type { TunnelBfdIntent } from '../intent.ts';
import type { Policies } from '../object/gateway-policy.ts';
import { defaultMinBfdMs, type Settings } from '../settings.ts';

/** What a policy with `spec.bfd` has where it says nothing (design of the kind, `bfd`). */
const defaultTunnelBfd = { minTxMs: 300, minRxMs: 300, multiplier: 3 } as const;

/**
 * BFD of all tunnels: of what the policies that count ask for, what notices a loss first. Nothing is faster than the installation
 * allows, because a machine that cannot keep up takes living nodes for dead.
 */
export function tunnelBfdOf(
  policies: Policies,
  { minBfdMs = defaultMinBfdMs }: Settings,
): { readonly tunnelBfd: TunnelBfdIntent | undefined; readonly findings: readonly Finding[] } {
  const asking = [...new Set(policies.values())].filter(({ spec }) => spec.bfd !== undefined);
  const asked = asking.map((policy) => clamped(policy, minBfdMs));
  const [fastest] = asked.sort(
    (left, right) =>
      detectionMs(left) - detectionMs(right) ||
      left.minTxMs - right.minTxMs ||
      left.minRxMs - right.minRxMs ||
      (left.origin.object.name < right.origin.object.name ? -1 : 1),
  );
  return { tunnelBfd: fastest, findings: asking.flatMap((policy) => tooFast(policy, minBfdMs)) };
}

function clamped(policy: GatewayPolicy, minBfdMs: number): TunnelBfdIntent {
  const { minTxMs, minRxMs, multiplier } = { ...defaultTunnelBfd, ...policy.spec.bfd };
  return {
    minTxMs: Math.max(minTxMs ?? 0, minBfdMs),
    minRxMs: Math.max(minRxMs ?? 0, minBfdMs),
    multiplier: multiplier ?? defaultTunnelBfd.multiplier,
    origin: origin(refOf(policy), 'spec.bfd'),
  };
}

/** Detection time where both ends have the same settings (RFC 5880 section 6.8.4). */
function detectionMs({ minTxMs, minRxMs, multiplier }: TunnelBfdIntent): number {
  return multiplier * Math.max(minTxMs, minRxMs);
}

function tooFast(policy: GatewayPolicy, minBfdMs: number): readonly Finding[] {
  return (['minTxMs', 'minRxMs'] as const).flatMap((field) => {
    const asked = policy.spec.bfd?.[field];
    if (asked === undefined || asked >= minBfdMs) return [];
    return [
      finding('bfd-too-fast', {
        object: refOf(policy),
        field: `spec.bfd.${field}`,
        message: `spec.bfd.${field} ${asked} is below what this installation holds, so ${minBfdMs} counts`,
        cure: `set it to ${minBfdMs} or more, or lower minBfdMs of the installation once its nodes are measured`,
      }),
    ];
  });
}
