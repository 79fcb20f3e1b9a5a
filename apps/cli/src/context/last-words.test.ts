import type { NodeHealth } from '@berth/core';
import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { snapshotOf } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { lastWordsOf } from './last-words.ts';

const nb = snapshotOf<NbTables>(nbSchema, { NB_Global: [{ nb_cfg: 3 }] });

/** `a` has carried out 3 of NB, `b` so much. */
function southbound(done: number) {
  const reached = { a: 3, b: done };
  return snapshotOf<SbTables>(sbSchema, {
    Chassis: Object.keys(reached).map((name) => ({ name, hostname: `node-${name}` })),
    Chassis_Private: Object.entries(reached).map(([name, nb_cfg]) => ({ name, nb_cfg })),
  });
}

const hanging: NodeHealth = {
  ...{ node: 'node-b', chassis: 'b', isFresh: false },
  ...{ controllerRuns: true, controllerConnected: false, flowsInstalled: true },
};

/** An agent that is heard, and sees `b` or not. */
const sees = (isUp: boolean): readonly NodeHealth[] => [
  { node: 'node-a', chassis: 'a', tunnels: new Map([['b', isUp]]) },
];

test('that ovn-controller hangs is the last word of an agent that is late, as long as its chassis is behind and nobody sees it dead', () => {
  const stands = (report: NodeHealth, heard: readonly NodeHealth[], done: number) =>
    lastWordsOf([report], heard, [nb, southbound(done)]);
  expect(stands(hanging, sees(true), 2)).toEqual([hanging]);
  expect(stands(hanging, [{ node: 'node-a' }], 2)).toEqual([hanging]);
  expect(stands({ ...hanging, controllerConnected: true }, sees(true), 2)).toEqual([]);
  expect(stands(hanging, sees(true), 3)).toEqual([]);
  expect(stands(hanging, sees(false), 2)).toEqual([]);
  expect(stands(hanging, [], 2)).toEqual([]);
});
