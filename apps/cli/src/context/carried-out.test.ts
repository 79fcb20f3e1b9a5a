import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { snapshotOf } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { borneOut, onceCarriedOut } from './carried-out.ts';

type Databases = Parameters<typeof onceCarriedOut>[0];

/** NB and SB with how far each chassis got, the newest of them just now unless said otherwise. */
function databases(done: Readonly<Record<string, number>>, sinceMs = 0): Databases {
  const names = Object.keys(done);
  const nb_cfg_timestamp = Date.now() - sinceMs;
  return [
    { snapshot: snapshotOf<NbTables>(nbSchema, { NB_Global: [{ nb_cfg: 2 }] }) },
    {
      members: [],
      snapshot: snapshotOf<SbTables>(sbSchema, {
        Chassis: names.map((name) => ({ name, hostname: `host-${name}` })),
        Chassis_Private: names.map((name) => ({ name, nb_cfg: done[name] ?? 0, nb_cfg_timestamp })),
      }),
    },
  ];
}

/** How often it is read again, and how far the chassis are in the end. */
async function read(
  first: Databases,
  later: Databases,
  told: readonly string[] = [],
  controllerRuns = false,
) {
  let reads = 0;
  const again = async (): Promise<Databases> => {
    reads++;
    return later;
  };
  const reports = told.map((node) => ({ node, controllerRuns }));
  const [, { snapshot }] = await onceCarriedOut(first, again, reports, AbortSignal.timeout(60_000));
  return { reads, done: [...snapshot.table('Chassis_Private')].map(({ nb_cfg }) => nb_cfg).sort() };
}

const slow = databases({ a: 2, b: 1 });
const same = databases({ a: 2, b: 2 });

test('a chassis that is only slow is waited for', async () => {
  expect(await read(slow, same)).toEqual({ reads: 1, done: [2, 2] });
});

test('nobody is waited for where all have carried out the same', async () => {
  expect(await read(same, slow)).toEqual({ reads: 0, done: [2, 2] });
});

test('one that others left behind long ago stands still, and is not waited for', async () => {
  expect(await read(databases({ a: 2, b: 1 }, 60_000), same)).toEqual({ reads: 0, done: [1, 2] });
});

test('one of which an agent tells that ovn-controller does not run is not waited for', async () => {
  expect(await read(slow, same, ['host-b'])).toEqual({ reads: 0, done: [1, 2] });
});

test('one of which an agent tells that it follows is waited for until it has', async () => {
  expect(await read(slow, same, ['host-b'], true)).toEqual({ reads: 1, done: [2, 2] });
});

test('one that stands still is told as it is after a while', async () => {
  const { reads, done } = await read(slow, slow);
  expect(reads).toBeGreaterThan(0);
  expect(done).toEqual([1, 2]);
});

const follows = { node: 'host-b', controllerRuns: true, controllerConnected: true };

test.each([
  ['has carried out nothing while it was waited for', slow, slow, false],
  ['gets on, if slowly', databases({ a: 3, b: 0 }), databases({ a: 3, b: 1 }), true],
  ['has carried out all', slow, same, true],
])('that a chassis follows which %s is taken for so only where it is', (_, first, last, isBelieved) => {
  for (const report of [follows, { ...follows, node: 'n', chassis: 'b' }]) {
    expect(borneOut([report], first, last)).toEqual([{ ...report, controllerConnected: isBelieved }]);
  }
});

test('of an ovn-controller that does not run its agent alone tells', () => {
  const ended = { node: 'host-b', controllerRuns: false, controllerConnected: false, flowsInstalled: false };
  expect(borneOut([ended], slow, slow)).toEqual([ended]);
});
