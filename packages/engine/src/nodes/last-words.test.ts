import type { NodeHealth } from '@berth/core';
import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { snapshotOf } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { followLastWords, inForce, type LastWord, mustAskOf } from './last-words.ts';

const hanging: NodeHealth = {
  ...{ node: 'a', chassis: 'A', isFresh: true, uplinks: new Map([['out', true]]) },
  ...{ controllerRuns: true, controllerConnected: false, flowsInstalled: true },
};

function sbAt(passedOn: number, ...done: readonly (readonly [string, number])[]) {
  return snapshotOf<SbTables>(sbSchema, {
    SB_Global: [{ nb_cfg: passedOn }],
    Chassis_Private: done.map(([name, nb_cfg]) => ({ name, nb_cfg })),
  });
}

/** What is in force of what the agent says, after each moment. */
function play(
  ...moments: readonly {
    readonly isFresh: boolean;
    readonly done: number;
    readonly isDead?: boolean;
  }[]
): readonly NodeHealth[] {
  let words: ReadonlyMap<string, LastWord> = new Map();
  return moments.flatMap(({ isFresh, done, isDead = false }) => {
    const health = new Map([['a', { ...hanging, isFresh }]]);
    words = followLastWords(words, { health, dead: new Set(isDead ? ['A'] : []), sb: sbAt(9, ['A', done]) });
    return [...inForce(health, words).values()];
  });
}

const late = { ...hanging, isFresh: false };
const untold = { node: 'a', chassis: 'A', isFresh: false, uplinks: new Map([['out', true]]) };

test('that an agent is late takes back nothing of what it said', () => {
  expect(
    play({ isFresh: true, done: 4 }, { isFresh: false, done: 4 }, { isFresh: false, done: 4 }).slice(1),
  ).toEqual([late, late]);
});

test('that its chassis goes on takes its word back, until it is heard again', () => {
  const moments = [
    { isFresh: true, done: 4 },
    { isFresh: false, done: 5 },
    { isFresh: false, done: 5 },
    { isFresh: true, done: 5 },
    { isFresh: false, done: 5 },
  ];
  expect(play(...moments).slice(1)).toEqual([untold, untold, hanging, late]);
});

test('a row that was made anew and has got nowhere yet tells nothing; that it is dead does', () => {
  const fresh = { isFresh: true, done: 4 };
  expect(play(fresh, { isFresh: false, done: 0 })[1]).toEqual(late);
  expect(play(fresh, { isFresh: false, done: 4, isDead: true })[1]).toEqual(untold);
});

test('rows are asked where nothing but the word of a silent agent tells, and only once', () => {
  const asks = (each: NodeHealth, asked: number, sb: ReturnType<typeof sbAt>): boolean =>
    mustAskOf(new Map([['a', each]]), snapshotOf<NbTables>(nbSchema, { NB_Global: [{ nb_cfg: asked }] }), sb);
  const rest = sbAt(4, ['A', 4], ['B', 4]);
  expect(asks(late, 4, rest)).toBe(true);
  expect(asks(hanging, 4, rest)).toBe(false);
  expect(asks(untold, 4, rest)).toBe(false);
  expect(asks(late, 5, rest)).toBe(false);
  expect(asks(late, 5, sbAt(5, ['A', 4], ['B', 5]))).toBe(false);
  expect(asks(late, 4, sbAt(4, ['B', 4]))).toBe(false);
});
