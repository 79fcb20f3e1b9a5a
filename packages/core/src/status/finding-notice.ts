import { formatRef, type KindName, refOf } from '@berth/api';
import type { FindingCode } from '../finding/catalogue.ts';
import { reasonOf } from '../finding/catalogue.ts';
import type { Finding } from '../finding/finding.ts';
import type { Lookup } from '../intent/lookup.ts';
import { podOfPort } from '../intent/pod.ts';
import type { Notice } from './notice.ts';

/** Kinds without a condition of ours: Kubernetes' own, and what has no status. */
const silent: readonly KindName[] = ['ConfigMap', 'IP', 'Namespace', 'Node', 'Pod'];

/** What is so for one pass only: a condition would have gone by it before anybody looks. */
const once: ReadonlySet<FindingCode> = new Set(['keep-lifted']);

const noPods: Pick<Lookup, 'Pod'> = { Pod: new Map() };

/**
 * What is wrong with objects that no condition tells it of, and what to do. What is only worth knowing is left out. What is wrong with the address of
 * a pod is told of the pod as well; the pods are asked for where there is such a finding.
 */
export function findingNotices(
  findings: readonly Finding[],
  lookup: () => Pick<Lookup, 'Pod'> = () => noPods,
): readonly Notice[] {
  const kinds: ReadonlySet<string> = new Set(silent);
  return findings.flatMap((found): readonly Notice[] => {
    const { object, severity, code, message, cure } = found;
    if (!object || severity === 'info' || !(kinds.has(object.kind) || once.has(code))) return [];
    const notice = { type: 'Warning' as const, reason: reasonOf(code), message: `${message}; ${cure}` };
    const pod = object.kind === 'IP' ? podOfPort(object.name, lookup()) : undefined;
    const ofPod = pod && {
      ...notice,
      object: refOf(pod),
      message: `${formatRef(object)}: ${notice.message}`,
    };
    return [{ object, ...notice }, ...(ofPod ? [ofPod] : [])];
  });
}
