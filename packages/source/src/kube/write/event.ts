import { apiVersionOf, kinds, type Resource } from '@berth/api';
import { noticeOf } from '@berth/core';

/** Longest note of an Event (events.k8s.io/v1). */
const longestNote = 1_024;

/** Who reports events. */
export const reportingController = 'berth.dev/controller';

/** The namespace that events about objects without one are in. */
const eventNamespace = 'default';

/** An Event of `events.k8s.io/v1`, ready to be created. */
export type KubeEvent = {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly [key: string]: unknown;
};

/**
 * The event that tells of a change of an object's condition Ready; undefined when it says what it said before.
 * `suffix` makes its name unlike all others, `at` is RFC 3339 with microseconds.
 */
export function eventOf(
  before: Resource | undefined,
  after: Resource,
  { suffix, at, instance }: { readonly suffix: string; readonly at: string; readonly instance: string },
): KubeEvent | undefined {
  const notice = noticeOf(before, after);
  if (!notice) return undefined;
  const { name, namespace = eventNamespace, uid } = after.metadata;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: `${startOf(name)}.${suffix}`, namespace },
    eventTime: at,
    type: notice.type,
    reason: notice.reason,
    action: 'Program',
    note: shortened(notice.message),
    reportingController,
    reportingInstance: instance.slice(0, 128),
    regarding: {
      apiVersion: apiVersionOf(kinds[after.kind]),
      kind: after.kind,
      name,
      ...(after.metadata.namespace !== undefined && { namespace }),
      uid,
    },
  };
}

/** The beginning of a name, which may end in nothing but a letter or a digit (RFC 1123, as Kubernetes has it). */
function startOf(name: string): string {
  return name.slice(0, 200).replace(/[^a-z0-9]+$/, '');
}

function shortened(text: string): string {
  return text.length <= longestNote ? text : `${text.slice(0, longestNote - 1)}…`;
}
