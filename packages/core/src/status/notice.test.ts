import type { OvnFip, Resource } from '@berth/api';
import { describe, expect, it } from 'vitest';
import { fip } from '../testing/resources.ts';
import { type Notice, noticeOf } from './notice.ts';

type Conditions = NonNullable<OvnFip['status']>['conditions'];

const web = (...conditions: NonNullable<Conditions>): Resource => ({
  ...fip('web', { ovnEip: 'web', ipName: 'web.default' }),
  status: { conditions },
});
const ready = (status: 'True' | 'False', reason: string, message: string): Resource =>
  web({ type: 'Ready', status, reason, message });

const waiting = ready('False', 'Pending', 'waits');
const answered = ready('True', 'Programmed', 'node-1 answers');

describe('a notice', () => {
  it.each<[string, Resource | undefined, Resource, Omit<Notice, 'object'> | undefined]>([
    ['works now', waiting, answered, { type: 'Normal', reason: 'Programmed', message: 'node-1 answers' }],
    [
      'is answered elsewhere',
      answered,
      ready('True', 'Programmed', 'node-2 answers'),
      { type: 'Normal', reason: 'Programmed', message: 'node-2 answers' },
    ],
    [
      'is lost',
      answered,
      ready('False', 'GatewaysLost', 'no gateway is alive'),
      { type: 'Warning', reason: 'GatewaysLost', message: 'no gateway is alive' },
    ],
    ['waits', undefined, waiting, { type: 'Normal', reason: 'Pending', message: 'waits' }],
    ['is as it was', answered, answered, undefined],
    ['has no condition', answered, web(), undefined],
  ])('of an object that %s', (_, before, after, expected) => {
    const object = { kind: 'OvnFip', name: 'web' };
    expect(noticeOf(before, after)).toEqual(expected && { object, ...expected });
  });

  it('is not made of other conditions', () => {
    const degraded = { type: 'Degraded', status: 'True' as const, reason: 'UplinkLost', message: 'no' };
    expect(noticeOf(undefined, web(degraded))).toBeUndefined();
  });
});
