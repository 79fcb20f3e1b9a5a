import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { untilClaimsHold } from './claims-held.ts';

const id = (digit: string) => `00000000-0000-4000-8000-00000000000${digit}` as Uuid as never;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A router port that prefers `first` to `second`, and whoever claims it. */
function ovnClaimedBy(first: string | undefined) {
  const nb = snapshotOf<NbTables>(nbSchema, {
    Gateway_Chassis: [
      { _uuid: id('1'), name: 'out-first', chassis_name: 'first', priority: 100 },
      { _uuid: id('2'), name: 'out-second', chassis_name: 'second', priority: 99 },
    ],
    Logical_Router_Port: [{ _uuid: id('3'), name: 'out', gateway_chassis: new Set([id('1'), id('2')]) }],
    Logical_Router: [{ name: 'vpc1', ports: new Set([id('3')]) }],
  });
  const chassis = { first: id('4'), second: id('5'), third: id('6') };
  const sbOf = (by: string | undefined) =>
    snapshotOf<SbTables>(sbSchema, {
      Chassis: Object.entries(chassis).map(([name, uuid]) => ({ _uuid: uuid, name })),
      Port_Binding: [{ logical_port: 'cr-out', ...(by && { chassis: chassis[by as keyof typeof chassis] }) }],
    });
  let sb = sbOf(first);
  const listeners = new Set<() => void>();
  return {
    claim(by: string | undefined): void {
      sb = sbOf(by);
      for (const each of listeners) each();
    },
    listeners,
    northbound: { snapshot: () => nb },
    southbound: {
      snapshot: () => sb,
      subscribe(listener: () => void) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
  };
}

/** Begins to wait; tells at once whether it is over. */
function waiting(ovn: ReturnType<typeof ovnClaimedBy>, signal = new AbortController().signal) {
  const state = { isOver: false };
  void untilClaimsHold(ovn as never, signal).then(() => {
    state.isOver = true;
  });
  return async (afterMs: number): Promise<boolean> => {
    await vi.advanceTimersByTimeAsync(afterMs);
    return state.isOver;
  };
}

test('a port that its first gateway claims, or nobody, is not waited for', async () => {
  expect(await waiting(ovnClaimedBy('first'))(0)).toBe(true);
  expect(await waiting(ovnClaimedBy(undefined))(0)).toBe(true);
});

test('a claim in passing is over as soon as the first gateway has the port', async () => {
  const ovn = ovnClaimedBy('second');
  const over = waiting(ovn);
  expect(await over(2_000)).toBe(false);
  ovn.claim('first');
  expect(await over(0)).toBe(true);
  expect(ovn.listeners.size).toBe(0);
});

test('a claim of another one counts once it has held', async () => {
  const over = waiting(ovnClaimedBy('second'));
  expect(await over(2_900)).toBe(false);
  expect(await over(200)).toBe(true);
});

test('claims that never hold are given up, and so is waiting that is aborted', async () => {
  const flapping = ovnClaimedBy('second');
  const over = waiting(flapping);
  for (const by of ['third', 'second', 'third', 'second']) {
    expect(await over(2_000)).toBe(false);
    flapping.claim(by);
  }
  expect(await over(2_500)).toBe(true);
  const abort = new AbortController();
  const aborted = waiting(ovnClaimedBy('second'), abort.signal);
  expect(await aborted(100)).toBe(false);
  abort.abort();
  expect(await aborted(0)).toBe(true);
});
