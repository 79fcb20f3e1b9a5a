import { aboutAnnotation } from '@berth/api';
import type { Notice } from '@berth/core';
import type { Api } from '../api/api.ts';
import { listIn, objectIn, textIn } from '../api/json.ts';
import { reportingController } from './event.ts';
import type { ToldBefore } from './teller.ts';

const pageSize = '500';

/** All of ours but those that say of each object that it works: they are the most by far, and take nothing back. */
const fieldSelector = `reportingController=${reportingController},reason!=Programmed`;

/**
 * What controllers told by events that are still there (events.k8s.io/v1). `nowMs` is the time in ms since 1970. Throws as a call of
 * the API does.
 */
export async function toldBefore(api: Pick<Api, 'call'>, nowMs: number): Promise<readonly ToldBefore[]> {
  const told: ToldBefore[] = [];
  let next: string | undefined;
  do {
    const query = { fieldSelector, limit: pageSize, continue: next };
    const page = await api.call({ method: 'GET', path: '/apis/events.k8s.io/v1/events', query });
    told.push(...listIn(page, 'items').flatMap((item) => read(item, nowMs)));
    next = textIn(objectIn(page, 'metadata'), 'continue') || undefined;
  } while (next !== undefined);
  return told;
}

function read(event: unknown, nowMs: number): readonly ToldBefore[] {
  const regarding = objectIn(event, 'regarding');
  const [kind, name, uid] = [textIn(regarding, 'kind'), textIn(regarding, 'name'), textIn(regarding, 'uid')];
  const [reason, message, type] = [textIn(event, 'reason'), textIn(event, 'note'), textIn(event, 'type')];
  const ageMs = nowMs - Date.parse(textIn(event, 'eventTime') ?? '');
  if (!kind || !name || !uid || !reason || message === undefined || Number.isNaN(ageMs)) return [];
  if (type !== 'Warning' && type !== 'Normal') return [];
  const namespace = textIn(regarding, 'namespace');
  const object: Notice['object'] = { kind, ...(namespace && { namespace }), name };
  const about = textIn(objectIn(objectIn(event, 'metadata'), 'annotations'), aboutAnnotation);
  const notice: Notice = { object, type, reason, message, ...(about !== undefined && { about }) };
  return [{ notice, uid, ageMs: Math.max(0, ageMs) }];
}
