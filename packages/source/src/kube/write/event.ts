import { aboutAnnotation, apiVersionOf, isKindName, kinds, type Resource } from '@berth/api';
import { type Notice, noticesOf } from '@berth/core';

/** Longest note of an Event, in bytes (events.k8s.io/v1; kube-apiserver's validation counts those of UTF-8). */
const longestNote = 1_024;

/** Who reports events. */
export const reportingController = 'berth.dev/controller';

/** The namespace that events about objects without one are in. */
const eventNamespace = 'default';

/** An Event of `events.k8s.io/v1`, ready to be created. */
export type KubeEvent = {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
};

/** `suffix` makes the name of an event unlike all others, `at` is RFC 3339 with microseconds. */
export type EventMaking = { readonly suffix: string; readonly at: string; readonly instance: string };

/** The events that tell of changes of an object's conditions; none when these say what they said before. `making` is asked for each. */
export function eventsOf(
  before: Resource | undefined,
  after: Resource,
  making: () => EventMaking,
): readonly KubeEvent[] {
  return noticesOf(before, after).map((notice) => eventAbout(notice, after.metadata.uid, making()));
}

/** The event that tells of something. `uid` is the object's: kubectl looks for events by it. */
export function eventAbout(
  { object: { kind, name, namespace }, type, reason, message, about }: Notice,
  uid: string | undefined,
  { suffix, at, instance }: EventMaking,
): KubeEvent {
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: {
      ...{ name: `${startOf(name)}.${suffix}`, namespace: namespace ?? eventNamespace },
      ...(about !== undefined && { annotations: { [aboutAnnotation]: about } }),
    },
    eventTime: at,
    type,
    reason,
    action: 'Program',
    note: shortened(message),
    reportingController,
    reportingInstance: instance.slice(0, 128),
    regarding: {
      ...(isKindName(kind) && { apiVersion: apiVersionOf(kinds[kind]) }),
      ...{ kind, name, uid },
      ...(namespace !== undefined && { namespace }),
    },
  };
}

/** The beginning of a name, which may end in nothing but a letter or a digit (RFC 1123, as Kubernetes has it). */
function startOf(name: string): string {
  return name.slice(0, 200).replace(/[^a-z0-9]+$/, '');
}

/** A text as an event has it. */
export function shortened(text: string): string {
  if (text.length * 3 <= longestNote || Buffer.byteLength(text) <= longestNote) return text;
  const room = longestNote - Buffer.byteLength('…');
  // A character that is cut in two is left out.
  const start = new TextDecoder().decode(Buffer.from(text).subarray(0, room), { stream: true });
  return `${start}…`;
}
