import { type OvnDnatRule, type OvnFip, refOf } from '@berth/api';
import { type Ip, parseIp } from '@berth/net';
import type { Finding } from '../../finding/finding.ts';
import { finding } from '../../finding/make.ts';
import { targetKindOf } from '../object/target-kind.ts';

const fields = ['v4Ip', 'v6Ip'] as const;

/**
 * The addresses that a rule says beside a target which has others: which of the two is meant nobody can tell. A target that is yet to get its
 * addresses contradicts nothing.
 */
export function addressMismatches(rule: OvnFip | OvnDnatRule, ips: readonly Ip[]): readonly Finding[] {
  const { spec } = rule;
  const { ipName = '' } = spec;
  if (ips.length === 0) return [];
  return fields.flatMap((field) => {
    const said = spec[field];
    const ip = said ? parseIp(said) : undefined;
    if (!ip || ips.includes(ip)) return [];
    return [
      finding('address-mismatch', {
        object: refOf(rule),
        field: `spec.${field}`,
        message: `spec.${field} is ${said}, and ${ipName} has ${ips.join(', ')}`,
        cure: `remove spec.${field}, which spec.ipName makes needless, or name the target that has it`,
        related: [{ kind: targetKindOf(rule), name: ipName }],
      }),
    ];
  });
}
