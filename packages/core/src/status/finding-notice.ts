import { formatRef, type KindName, type Resource, refKey, refOf } from '@berth/api';
import type { FindingCode } from '../finding/catalogue.ts';
import { reasonOf } from '../finding/catalogue.ts';
import type { Finding, ObjectRef } from '../finding/finding.ts';
import { fullName, type Lookup } from '../intent/object/lookup.ts';
import { podOfPort } from '../intent/object/port-holder.ts';
import type { ResourceWrite } from '../intent/object/write.ts';
import { type Notice, toldConditionsOf } from './notice.ts';

/** Kinds without a condition of ours: Kubernetes' own, and what has no status. */
const silent: ReadonlySet<string> = new Set<KindName>(['ConfigMap', 'IP', 'Namespace', 'Node', 'Pod']);

/** Whether it is events alone that tell of objects of a kind. */
export function isToldByEvents(kind: string): boolean {
  return silent.has(kind);
}

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
  return findings.flatMap((found): readonly Notice[] => {
    const { object, severity } = found;
    if (!object || severity === 'info' || !silent.has(object.kind)) return [];
    const notice = warning(found, object);
    const pod = object.kind === 'IP' ? podOfPort(object.name, lookup()) : undefined;
    const ofPod = pod && {
      ...notice,
      object: refOf(pod),
      message: `${formatRef(object)}: ${notice.message}`,
    };
    return [notice, ...(ofPod ? [ofPod] : [])];
  });
}

/**
 * What a pass has to warn of once, beside what conditions tell: what is so in it alone, and what is newly said of an object that works all the
 * same. Its condition tells that among other things, and the event of a condition that is True is a Normal one.
 */
export function passingNotices(
  findings: readonly Finding[],
  writes: readonly ResourceWrite[],
  lookup: () => Lookup,
): readonly Notice[] {
  const written = new Map(writes.map(({ object }) => [refKey(refOf(object)), object]));
  return findings.flatMap((found): readonly Notice[] => {
    const { object, severity, code } = found;
    if (!object || severity === 'info') return [];
    if (once.has(code)) return [warning(found, object)];
    const after = severity === 'warning' ? written.get(refKey(object)) : undefined;
    if (!after) return [];
    const notice = warning(found, object);
    const before = lookup()[after.kind].get(fullName(after));
    return isNewlyNoted(notice, before, after) ? [notice] : [];
  });
}

function warning({ code, message, cure, rows }: Finding, object: ObjectRef): Notice {
  const about = rows.map(({ db, table, uuid }) => `${db}/${table}/${uuid}`).toSorted();
  return {
    ...{ object, type: 'Warning', reason: reasonOf(code), message: `${message}; ${cure}` },
    ...(about.length > 0 && { about: about.join(' ') }),
  };
}

/**
 * Whether the object says it now, in a condition that is told as Normal, and did not before in any: while it failed the event of its condition
 * told that as well, and what goes on while it fails and works again is nothing new.
 */
function isNewlyNoted({ message }: Notice, before: Resource | undefined, after: Resource): boolean {
  const saying = (object: Resource) =>
    toldConditionsOf(object).filter((each) => each.message.includes(message));
  return saying(after).some(({ type }) => type === 'Normal') && !(before && saying(before).length > 0);
}
