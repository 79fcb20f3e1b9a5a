import type { FindingCode } from '../finding/catalogue.ts';
import type { Finding } from '../finding/finding.ts';
import type { FindingsByObject } from './verdict.ts';

/** Errors by which rows are not there, or are somebody else's. */
const codes: ReadonlySet<FindingCode> = new Set(['given-back', 'row-clash', 'transaction-refused']);

/** Kinds whose rows those of others cannot do without. */
const kinds: ReadonlySet<string> = new Set(['IP', 'Subnet', 'Vpc']);

/** Whether a finding says that rows are not there, or are somebody else's. */
export function isInTheWay(code: FindingCode): boolean {
  return codes.has(code);
}

/** Of what is found about objects what keeps their rows from being there as they ask. Mostly there is nothing. */
export function rowsInTheWay(findings: FindingsByObject): FindingsByObject {
  const some = new Map<string, readonly Finding[]>();
  for (const [key, known] of findings) {
    const [first] = known;
    if (!first?.object || !kinds.has(first.object.kind)) continue;
    const meant = known.filter(({ code }) => isInTheWay(code));
    if (meant.length > 0) some.set(key, meant);
  }
  return some;
}
