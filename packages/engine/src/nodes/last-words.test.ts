import type { NodeHealth } from '@berth/core';
import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { snapshotOf } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { doubtedOf, followLastWords, inForce, type LastWord, mustAskOf } from './last-words.ts';

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

function nbAt(asked: number, options: Readonly<Record<string, string>> = {}) {
  const global = { nb_cfg: asked, options: new Map(Object.entries(options)) };
  return snapshotOf<NbTables>(nbSchema, { NB_Global: [global] });
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
    mustAskOf(new Map([['a', each]]), { gateways: new Map() }, nbAt(asked), sb);
  const rest = sbAt(4, ['A', 4], ['B', 4]);
  expect(asks(late, 4, rest)).toBe(true);
  expect(asks(hanging, 4, rest)).toBe(false);
  expect(asks(untold, 4, rest)).toBe(false);
  expect(asks(late, 5, rest)).toBe(false);
  expect(asks(late, 5, sbAt(5, ['A', 4], ['B', 5]))).toBe(false);
  expect(asks(late, 4, sbAt(4, ['B', 4]))).toBe(false);
});

const following: NodeHealth = { ...hanging, controllerConnected: true };

test('a chassis is in doubt while its agent is silent and it carries nothing out', () => {
  let words: ReadonlyMap<string, LastWord> = new Map();
  const doubtedAt = (isFresh: boolean, done: number, options = {}) => {
    const health = new Map([['a', { ...following, isFresh }]]);
    words = followLastWords(words, { health, dead: new Set(), sb: sbAt(9, ['A', done]) });
    return [...doubtedOf(inForce(health, words), words, nbAt(9, options))];
  };
  expect(doubtedAt(true, 4)).toEqual([]);
  expect(doubtedAt(false, 4)).toEqual(['A']);
  expect(doubtedAt(false, 4, { enable_chassis_nb_cfg_update: 'false' })).toEqual([]);
  expect(doubtedAt(false, 5)).toEqual([]);
  expect(doubtedAt(false, 5)).toEqual([]);
  expect(doubtedAt(true, 5)).toEqual([]);
  expect(doubtedAt(false, 5)).toEqual(['A']);
});

test('a gateway in doubt is asked, and only once', () => {
  const silent = { ...following, isFresh: false };
  const gateways = new Map([['vpc1-out', [{ chassis: 'A', priority: 100 }]]]);
  const asks = (doubted: readonly string[], asked: number, sb: ReturnType<typeof sbAt>, of = gateways) =>
    mustAskOf(new Map([['a', silent]]), { doubted: new Set(doubted), gateways: of }, nbAt(asked), sb);
  const rest = sbAt(4, ['A', 4], ['B', 4]);
  expect(asks(['A'], 4, rest)).toBe(true);
  expect(asks(['A'], 4, rest, new Map())).toBe(false);
  // It was asked, and hangs; it was asked, and goes on.
  expect(asks(['A'], 5, sbAt(5, ['A', 4], ['B', 5]))).toBe(false);
  expect(asks([], 5, sbAt(5, ['A', 5], ['B', 5]))).toBe(false);
});
