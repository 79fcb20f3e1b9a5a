import type { FindingCode } from './catalogue.ts';
import type { Finding } from './finding.ts';

const codes: ReadonlySet<FindingCode> = new Set(['acl-drops-part', 'snat-overlap']);

/** Whether a finding says of a rule that it works but for a part of its packets, which anybody may send: as an info it is merely to be known. */
export function takesPart({ code, severity }: Pick<Finding, 'code' | 'severity'>): boolean {
  return severity === 'warning' && codes.has(code);
}
