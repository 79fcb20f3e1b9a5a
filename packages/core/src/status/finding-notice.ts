import type { KindName } from '@berth/api';
import type { FindingCode } from '../finding/catalogue.ts';
import { reasonOf } from '../finding/catalogue.ts';
import type { Finding } from '../finding/finding.ts';
import type { Notice } from './notice.ts';

/** Kinds without a condition of ours: Kubernetes' own, and what has no status. */
const silent: readonly KindName[] = ['ConfigMap', 'IP', 'Namespace', 'Node', 'Pod'];

/** What is so for one pass only: a condition would have gone by it before anybody looks. */
const once: ReadonlySet<FindingCode> = new Set(['keep-lifted']);

/** What is wrong with objects that no condition tells it of, and what to do. What is only worth knowing is left out. */
export function findingNotices(findings: readonly Finding[]): readonly Notice[] {
  const kinds: ReadonlySet<string> = new Set(silent);
  return findings.flatMap(({ object, severity, code, message, cure }) =>
    object && severity !== 'info' && (kinds.has(object.kind) || once.has(code))
      ? [{ object, type: 'Warning' as const, reason: reasonOf(code), message: `${message}; ${cure}` }]
      : [],
  );
}
