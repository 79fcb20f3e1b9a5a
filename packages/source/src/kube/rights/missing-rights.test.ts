import { describe, expect, test, vi } from 'vitest';
import { SourceFault } from '../../fault.ts';
import { ApiError } from '../api/api-error.ts';
import { MissingRights } from './missing-rights.ts';
import { askedRight, formatRight, type Right, refusedRight } from './right.ts';

const fips = '/apis/kubeovn.io/v1/ovn-fips';

describe('the right that a call asks for', () => {
  test.each([
    [{ method: 'GET', path: fips }, 'list ovn-fips (kubeovn.io)'],
    [{ method: 'GET', path: fips, isWatch: true }, 'watch ovn-fips (kubeovn.io)'],
    [{ method: 'PATCH', path: `${fips}/web/status` }, 'patch ovn-fips/status (kubeovn.io)'],
    [{ method: 'DELETE', path: `${fips}/web` }, 'delete ovn-fips (kubeovn.io)'],
    [{ method: 'GET', path: '/api/v1/namespaces' }, 'list namespaces'],
    [{ method: 'GET', path: '/api/v1/namespaces/shop' }, 'get namespaces shop'],
    [{ method: 'GET', path: '/api/v1/namespaces/shop/pods/web' }, 'get pods web'],
    [
      { method: 'POST', path: '/apis/events.k8s.io/v1/namespaces/default/events' },
      'create events (events.k8s.io)',
    ],
    [{ method: 'GET', path: '/version' }, 'list other'],
  ])('%j', (call, expected) => {
    expect(formatRight(askedRight(call))).toBe(expected);
  });
});

function forbidden(what: string, message: string): ApiError {
  return new ApiError(403, 'Forbidden', `${what} is forbidden: ${message}`);
}
const cannot = (verb: string, resource: string, group: string): string =>
  `User "system:serviceaccount:a:b" cannot ${verb} resource "${resource}" in API group "${group}" at the cluster scope`;

describe('the right that a refusal names', () => {
  test.each([
    [
      'ovn-fips.kubeovn.io "web"',
      cannot('patch', 'ovn-fips/status', 'kubeovn.io'),
      'patch ovn-fips/status (kubeovn.io)',
    ],
    ['pods', cannot('list', 'pods', ''), 'list pods'],
    [
      'customresourcedefinitions.apiextensions.k8s.io "vpcs.kubeovn.io"',
      cannot('get', 'customresourcedefinitions', 'apiextensions.k8s.io'),
      'get customresourcedefinitions vpcs.kubeovn.io (apiextensions.k8s.io)',
    ],
  ])('%s', (what, message, expected) => {
    const error = forbidden(what, message);
    const fault = new SourceFault('forbidden', 'storing', { cause: error });
    expect([error, fault].map((each) => formatRight(refusedRight(each) as Right))).toEqual([
      expected,
      expected,
    ]);
  });

  test('is none where admission refuses, or something else is wrong', () => {
    expect(
      refusedRight(forbidden('nodereports.gateway.berth.dev "n2"', 'an agent writes its own')),
    ).toBeUndefined();
    expect(refusedRight(new ApiError(409, 'Conflict', cannot('list', 'pods', '')))).toBeUndefined();
    expect(refusedRight('no error')).toBeUndefined();
  });
});

describe('what is missing', () => {
  function ledger(settleMs = 0) {
    const told: string[] = [];
    const rights = new MissingRights(
      {
        missing: (right) => told.push(`- ${formatRight(right)}`),
        granted: (right) => told.push(`+ ${formatRight(right)}`),
      },
      settleMs,
    );
    const call = (method: string, path: string, status: number, refused?: Right) =>
      rights.called({ method, path, status, durationMs: 1, isWatch: false, refused });
    return { told, rights, call };
  }
  const list: Right = { verb: 'list', group: 'kubeovn.io', resource: 'ovn-fips' };

  test('is told once, and again once it is there', () => {
    const { told, rights, call } = ledger();
    call('GET', fips, 403, list);
    call('GET', fips, 403, list);
    expect(rights.all).toEqual([list]);
    for (const status of [0, 401, 403, 429, 503]) call('GET', fips, status);
    call('PATCH', `${fips}/web`, 200);
    expect(told).toEqual(['- list ovn-fips (kubeovn.io)']);
    call('GET', fips, 200);
    expect(told).toEqual(['- list ovn-fips (kubeovn.io)', '+ list ovn-fips (kubeovn.io)']);
    expect(rights.all).toEqual([]);
  });

  test('counts for as long as it is asked for', () => {
    vi.useFakeTimers();
    try {
      const { told, rights, call } = ledger();
      call('GET', fips, 403, list);
      vi.advanceTimersByTime(59_000);
      call('GET', fips, 403, list);
      vi.advanceTimersByTime(59_000);
      expect(rights.all).toEqual([list]);
      vi.advanceTimersByTime(2_000);
      expect(rights.all).toEqual([]);
      call('GET', fips, 403, list);
      expect(rights.all).toEqual([list]);
      expect(told).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });

  test('is not told where an API server only learns its roles', () => {
    vi.useFakeTimers();
    try {
      const { told, rights, call } = ledger(2_000);
      call('GET', fips, 403, list);
      vi.advanceTimersByTime(1_500);
      expect([told, rights.all]).toEqual([[], []]);
      call('GET', fips, 200);
      vi.advanceTimersByTime(5_000);
      expect(told).toEqual([]);
      call('GET', fips, 403, list);
      vi.advanceTimersByTime(1_000);
      call('GET', fips, 403, list);
      vi.advanceTimersByTime(1_000);
      expect([told, rights.all]).toEqual([['- list ovn-fips (kubeovn.io)'], [list]]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('of an apply is first the patch, then the creation', () => {
    const { told, call } = ledger();
    const report = { group: 'gateway.berth.dev', resource: 'nodereports' };
    const path = '/apis/gateway.berth.dev/v1alpha1/nodereports/n1';
    call('PATCH', path, 403, { verb: 'patch', ...report });
    call('PATCH', path, 403, { verb: 'create', ...report });
    call('PATCH', path, 201);
    expect(told.map((each) => each.split(' (')[0])).toEqual([
      '- patch nodereports',
      '+ patch nodereports',
      '- create nodereports',
      '+ create nodereports',
    ]);
  });
});
