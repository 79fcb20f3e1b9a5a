import { type Resource, refOf } from '@berth/api';
import type { ObjectRef } from '../finding/finding.ts';
import type { NodeCondition } from './condition.ts';

/** That something happened to an object: its gateway moved, it is lost, answered elsewhere, or works again. */
export type Notice = {
  readonly object: ObjectRef;
  /** Normal: it works, or is on its way; Warning: it does not. */
  readonly type: 'Normal' | 'Warning';
  /** As the condition Ready has it: `Programmed`, `Pending`, or the code of a finding in CamelCase. */
  readonly reason: string;
  readonly message: string;
};

/** What a change of an object's condition Ready tells; undefined when it says what it said before. */
export function noticeOf(before: Resource | undefined, after: Resource): Notice | undefined {
  const now = readyOf(after);
  const old = before && readyOf(before);
  if (!now?.reason) return undefined;
  const { status, reason, message = reason } = now;
  if (old?.status === status && old.reason === reason && old.message === now.message) return undefined;
  const type = status === 'True' || reason === 'Pending' ? 'Normal' : 'Warning';
  return { object: refOf(after), type, reason, message };
}

/** The condition Ready of an object, not of one of its nodes. */
function readyOf(resource: Resource): NodeCondition | undefined {
  const status: unknown = 'status' in resource ? resource.status : undefined;
  if (typeof status !== 'object' || status === null || !('conditions' in status)) return undefined;
  return Array.isArray(status.conditions) ? status.conditions.find(isReady) : undefined;
}

function isReady(condition: unknown): condition is NodeCondition {
  if (typeof condition !== 'object' || condition === null || !('type' in condition)) return false;
  return condition.type === 'Ready' && !('node' in condition && condition.node !== undefined);
}
