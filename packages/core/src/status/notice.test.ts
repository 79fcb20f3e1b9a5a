import type { Condition, GatewayPolicy, Resource } from '@berth/api';
import { describe, expect, it } from 'vitest';
import { fip, gatewayPolicy } from '../testing/resources.ts';
import { type Notice, noticesOf } from './notice.ts';

const web = (...conditions: readonly Condition[]): Resource => ({
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
    [
      'is to go and may not',
      answered,
      ready('True', 'InUse', 'node-1 answers; is used by x'),
      { type: 'Warning', reason: 'InUse', message: 'node-1 answers; is used by x' },
    ],
    ['waits', undefined, waiting, { type: 'Normal', reason: 'Pending', message: 'waits' }],
    [
      'waits for the next pod',
      answered,
      ready('False', 'AddressKept', 'gone'),
      { type: 'Normal', reason: 'AddressKept', message: 'gone' },
    ],
    [
      'is still to go, and others use it',
      ready('True', 'InUse', 'node-1 answers; is used by x; delete x'),
      ready('True', 'InUse', 'node-1 answers; is used by y; delete y'),
      undefined,
    ],
    [
      'is to go, and does not work any more',
      ready('True', 'InUse', 'node-1 answers; is used by x'),
      ready('False', 'InUse', 'node-1 answers; is used by x'),
      { type: 'Warning', reason: 'InUse', message: 'node-1 answers; is used by x' },
    ],
    [
      'is led elsewhere, which is followed otherwise',
      ready('False', 'LedElsewhere', 'a leads; epoch 2'),
      ready('False', 'LedElsewhere', 'a leads; epoch 3'),
      undefined,
    ],
    [
      'is led by a third',
      ready('False', 'LedElsewhere', 'a leads; epoch 2'),
      ready('False', 'LedElsewhere', 'b leads; epoch 2'),
      { type: 'Warning', reason: 'LedElsewhere', message: 'b leads; epoch 2' },
    ],
    ['is as it was', answered, answered, undefined],
    ['has no condition', answered, web(), undefined],
  ])('of an object that %s', (_, before, after, expected) => {
    const object = { kind: 'OvnFip', name: 'web' };
    expect(noticesOf(before, after)).toEqual(expected ? [{ object, ...expected }] : []);
  });

  it('is not made of other conditions', () => {
    const degraded = { type: 'Degraded', status: 'True' as const, reason: 'UplinkLost', message: 'no' };
    expect(noticesOf(undefined, web(degraded))).toEqual([]);
  });
});

describe('a policy', () => {
  const policy = (
    ...conditions: readonly (readonly [string, 'True' | 'False', string, string])[]
  ): GatewayPolicy => ({
    ...gatewayPolicy('p'),
    status: {
      conditions: conditions.map(([type, status, reason, message]) => ({ type, status, reason, message })),
    },
  });
  const told = (before: GatewayPolicy | undefined, after: GatewayPolicy) =>
    noticesOf(before, after).map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
  const accepted = ['Accepted', 'True', 'Accepted', 'counts for vpc/a'] as const;
  const inEffect = ['Programmed', 'True', 'Programmed', 'in effect for vpc/a'] as const;
  const conflict = ['Accepted', 'False', 'PolicyConflict', 'vpc/a has the older policy'] as const;
  const idle = ['Programmed', 'False', 'Pending', 'counts for no VPC'] as const;

  it('tells of each of its conditions once', () => {
    expect(told(undefined, policy(accepted, inEffect))).toEqual([
      'Normal Accepted: counts for vpc/a',
      'Normal Programmed: in effect for vpc/a',
    ]);
    expect(told(policy(accepted, inEffect), policy(accepted, inEffect))).toEqual([]);
  });

  it('that is not accepted says why, and not also that it is in effect nowhere', () => {
    const lost = ['Programmed', 'False', 'GatewaysLost', 'no gateway'] as const;
    expect(told(policy(accepted, inEffect), policy(conflict, idle))).toEqual([
      'Warning PolicyConflict: vpc/a has the older policy',
    ]);
    expect(told(policy(accepted, inEffect), policy(accepted, lost))).toEqual([
      'Warning GatewaysLost: no gateway',
    ]);
  });
});
