import { type Resource, refOf } from '@berth/api';
import { reasonOf } from '../finding/catalogue.ts';
import type { ObjectRef } from '../finding/finding.ts';
import type { NodeCondition } from './condition.ts';
import { isWaiting } from './verdict.ts';

/** That something happened to an object: its gateway moved, it is lost, answered elsewhere, or works again. */
export type Notice = {
  readonly object: ObjectRef;
  /** Normal: it works, or is on its way; Warning: it does not, or stays though it is to go. */
  readonly type: 'Normal' | 'Warning';
  /** As the condition has it: `Programmed`, `Pending`, or the code of a finding in CamelCase. */
  readonly reason: string;
  readonly message: string;
  /** The rows that it is about: what is said of the same ones in other words is the same thing. Absent where its words alone tell. */
  readonly about?: string;
};

/** What changes of an object's conditions tell, one each; nothing when they say what they said before, or the same in other words. */
export function noticesOf(before: Resource | undefined, after: Resource): readonly Notice[] {
  return typesOf(after).flatMap((type) => {
    const now = conditionOf(after, type);
    const old = before && conditionOf(before, type);
    if (!now?.reason || (type === 'Programmed' && now.reason === pending)) return [];
    const { status, reason, message = reason } = now;
    if (old?.status === status && old.reason === reason && meaningOf(old) === meaningOf(now)) return [];
    return [{ object: refOf(after), type: severityOf(status, reason), reason, message }];
  });
}

const [inUse, ledElsewhere] = [reasonOf('in-use'), reasonOf('led-elsewhere')];

/** Whether what stands under a reason is the same thing in other words: who must go first changes on the way, and that something waits for it does not. */
export function isToldByReason(reason: string): boolean {
  return reason === inUse;
}

/** What a condition says that is worth an event, beside its status and its reason: of who leads elsewhere who it is, which the cure follows. */
function meaningOf({ reason = '', message }: NodeCondition): string | undefined {
  if (isToldByReason(reason)) return undefined;
  return reason === ledElsewhere ? message?.split('; ', 1)[0] : message;
}

/** What the conditions of an object are told as. */
export function toldConditionsOf(object: Resource): readonly Pick<Notice, 'type' | 'message'>[] {
  return typesOf(object).flatMap((type) => {
    const { status, reason, message } = conditionOf(object, type) ?? {};
    if (status === undefined || !reason || message === undefined) return [];
    return [{ type: severityOf(status, reason), message }];
  });
}

const pending = 'Pending';

/** What tells of an object: of a policy whether it counts and is in effect (GEP-713); while it counts for nothing the first says so. */
function typesOf({ kind }: Resource): readonly string[] {
  return kind === 'GatewayPolicy' ? ['Accepted', 'Programmed'] : ['Ready'];
}

function severityOf(status: string, reason: string): Notice['type'] {
  if (reason === inUse) return 'Warning';
  return status === 'True' || isWaiting(reason) ? 'Normal' : 'Warning';
}

/** A condition of an object, not of one of its nodes. */
function conditionOf(resource: Resource, type: string): NodeCondition | undefined {
  const status: unknown = 'status' in resource ? resource.status : undefined;
  if (typeof status !== 'object' || status === null || !('conditions' in status)) return undefined;
  const isMeant = (condition: unknown): condition is NodeCondition =>
    typeof condition === 'object' &&
    condition !== null &&
    'type' in condition &&
    condition.type === type &&
    !('node' in condition && condition.node !== undefined);
  return Array.isArray(status.conditions) ? status.conditions.find(isMeant) : undefined;
}
