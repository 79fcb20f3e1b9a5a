import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { BridgeLink } from './bridge-link.ts';

/** What is told of a bridge that has no socket. */
function linked(quietMs: number) {
  const faults: unknown[] = [];
  const link = new BridgeLink({
    path: '/nowhere/br-ext.mgmt',
    onPacket: () => undefined,
    onFault: (fault) => faults.push(fault),
    quietMs,
  });
  return { faults, [Symbol.dispose]: () => link[Symbol.dispose]() };
}

test('a bridge whose socket is yet to come is told of once that has lasted', async () => {
  using early = linked(600_000);
  using late = linked(500);
  await expect.poll(() => late.faults.length).toBeGreaterThan(0);
  expect(late.faults[0]).toMatchObject({ message: expect.stringContaining('br-ext.mgmt') });
  await sleep(500);
  expect(early.faults).toEqual([]);
});
