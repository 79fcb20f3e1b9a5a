import { brief } from './brief.ts';
import { catalogue, type FindingCode } from './catalogue.ts';
import type { Finding, ObjectRef, Position } from './finding.ts';
import { printable } from './printable.ts';
import { type RowId, rowId } from './row-id.ts';
import type { Severity } from './severity.ts';

/** What a finding says beside its code. The severity defaults to the catalogue's. */
export type FindingParts = {
  readonly object?: ObjectRef | undefined;
  readonly field?: string | undefined;
  readonly at?: Position | undefined;
  readonly message: string;
  readonly cure: string;
  readonly related?: readonly ObjectRef[] | undefined;
  readonly rows?: readonly RowId[] | undefined;
  readonly severity?: Severity | undefined;
};

/** Makes a finding. What it says is brief and printable, whatever is quoted in it. */
export function finding(code: FindingCode, parts: FindingParts): Finding {
  return {
    code,
    severity: parts.severity ?? catalogue[code].severity,
    ...(parts.object && { object: parts.object }),
    ...(parts.field !== undefined && { field: parts.field }),
    ...(parts.at && { at: parts.at }),
    message: printable(brief(parts.message)),
    cure: printable(brief(parts.cure)),
    related: parts.related ?? [],
    rows: parts.rows?.map(rowId) ?? [],
  };
}

const rank: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

/** Whether a finding is as bad as `threshold` or worse. */
export function atLeast(finding: Finding, threshold: Severity): boolean {
  return rank[finding.severity] <= rank[threshold];
}

/** Findings in one fixed order, each once: errors first, then by object, field, code and message. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  const keyed = new Map(findings.map((each) => [sortKey(each), each]));
  return [...keyed]
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
    .map(([, each]) => each);
}

function sortKey({ severity, object, field, code, message }: Finding): string {
  return [rank[severity], object?.kind, object?.namespace, object?.name, field, code, message].join('\0');
}
