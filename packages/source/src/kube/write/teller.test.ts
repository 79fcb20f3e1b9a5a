import type { Notice } from '@berth/core';
import { expect, test } from 'vitest';
import { Teller } from './teller.ts';

function notice(name: string, message: string, reason = 'AddressTaken'): Notice {
  return { object: { kind: 'Pod', namespace: 'default', name }, type: 'Warning', reason, message };
}

/** Every object is there, under a uid of its own. */
const present = ({ name }: { readonly name: string }) => ({ uid: `uid-${name}`, isLeaving: false });
const [a, b] = [notice('a', 'taken'), notice('b', 'taken')];
const solved = (name: string, reason = 'AddressTaken'): Notice => ({
  ...notice(name, `${reason}: it is solved`, 'Solved'),
  type: 'Normal',
});

test('each thing is told once while it is so, anew when it comes back or changes, and before its event expires', () => {
  let nowMs = 0;
  const teller = new Teller(() => nowMs);
  const take = (...notices: readonly Notice[]) => teller.take(notices, [], present);
  const other = notice('a', 'taken by c');
  expect(take(a, b, a)).toEqual([a, b]);
  expect(take(a, b)).toEqual([]);
  expect(take(other, b)).toEqual([other, part('a', 'taken')]);
  expect(take(a, b)).toEqual([a, part('a', 'taken by c')]);
  nowMs = 50 * 60_000;
  expect(take(a, b)).toEqual([a, b]);
  expect(take(a, b)).toEqual([]);
});

test('what goes on for as long as its reason does is told once, whoever is named', () => {
  const teller = new Teller(() => 0);
  const take = (...notices: readonly Notice[]) => teller.take(notices, [], present);
  const [first, then] = [notice('a', 'is used by x', 'InUse'), notice('a', 'is used by y', 'InUse')];
  expect(take(first)).toEqual([first]);
  expect(take(then)).toEqual([]);
  expect(take()).toEqual([solved('a', 'InUse')]);
  const next = new Teller(() => 0);
  next.remember([{ notice: first, uid: 'uid-a', ageMs: 1 }]);
  expect(next.take([then], [], present)).toEqual([]);
});

const part = (name: string, message: string): Notice => ({
  ...solved(name),
  message: `AddressTaken: it is solved: ${message}`,
});

test('of several things of one reason each that is over is taken back by what it said, also where another takes its place', () => {
  const teller = new Teller(() => 0);
  const [second, third, fourth] = ['two', 'three', 'four'].map((text) => notice('a', text));
  const some = (...notices: readonly (Notice | undefined)[]) =>
    teller.take(
      notices.flatMap((each) => each ?? []),
      [],
      present,
    );
  some(a, second, third);
  expect(some(second, third)).toEqual([part('a', 'taken')]);
  expect(some(second, fourth)).toEqual([fourth, part('a', 'three')]);
  expect(some(second)).toEqual([part('a', 'four')]);
  const next = new Teller(() => 0);
  const before = [a, second, part('a', 'taken')].flatMap((each) => each ?? []);
  next.remember(before.map((each, place) => ({ notice: each, uid: 'uid-a', ageMs: 9 - place })));
  expect(next.take([a], [], present)).toEqual([a, part('a', 'two')]);
});

test('what is over is taken back once, on an object that is there and stays', () => {
  const teller = new Teller(() => 0);
  const second = notice('a', 'another one');
  const third = notice('a', 'no subnet', 'NoSubnet');
  teller.take([a, b, second, third], [], present);
  expect(
    teller.take([second, third], [], ({ name }) => (name === 'b' ? undefined : present({ name }))),
  ).toEqual([part('a', 'taken')]);
  expect(teller.take([third], [], present)).toEqual([solved('a')]);
  expect(teller.take([third], [], present)).toEqual([]);
  expect(teller.take([], [], ({ name }) => ({ ...present({ name }), isLeaving: true }))).toEqual([]);
  expect(teller.take([], [], present)).toEqual([]);
});

test('an object that was made anew under the name hears it anew', () => {
  const teller = new Teller(() => 0);
  teller.take([a], [], present);
  const again = () => ({ uid: 'another', isLeaving: false });
  expect(teller.take([a], [], again)).toEqual([a]);
  expect(teller.take([], [], again)).toEqual([solved('a')]);
});

test('other words about the same rows take nothing back, and follow the words before also for the next controller', () => {
  const row = (message: string, about = 'NB/Logical_Switch_Port/1') => ({ ...notice('a', message), about });
  const [first, then, another] = [row('it is there'), row('it stays'), row('one more', 'NB/NAT/2')];
  const teller = new Teller(() => 0);
  const take = (...notices: readonly Notice[]) => teller.take(notices, [], present);
  expect(take(first, another)).toEqual([first, another]);
  expect(take(then, another)).toEqual([then]);
  expect(take(then)).toEqual([part('a', 'one more')]);
  expect(take()).toEqual([solved('a')]);
  expect(take(then)).toEqual([then]);
  expect(take(another)).toEqual([another, part('a', 'it stays')]);
  const next = new Teller(() => 0);
  next.remember([first, then].map((each, place) => ({ notice: each, uid: 'uid-a', ageMs: 9 - place })));
  expect(next.take([then], [], present)).toEqual([]);
  expect(next.take([], [], present)).toEqual([solved('a')]);
});

test('what happens in one pass is told once, and never taken back', () => {
  const teller = new Teller(() => 0);
  expect(teller.take([], [a], present)).toEqual([a]);
  expect(teller.take([], [a], present)).toEqual([]);
  expect(teller.take([], [], present)).toEqual([]);
  expect(teller.take([], [a], present)).toEqual([a]);
});

test('a controller goes on from what the one before told, by the age of each event', () => {
  const minute = 60_000;
  const told = (notice: Notice, ageMs: number) => ({ notice, uid: `uid-${notice.object.name}`, ageMs });
  const long = notice('c', 'x'.repeat(3_000));
  const recall = (): Teller => {
    const teller = new Teller(() => 7);
    teller.remember([
      told(a, 3 * minute),
      told(solved('b'), 4 * minute),
      told(b, 5 * minute),
      told({ ...long, message: `${'x'.repeat(1_021)}…` }, minute),
      told(notice('d', 'old'), 50 * minute),
    ]);
    return teller;
  };
  expect(recall().take([a, b, long, notice('d', 'old')], [], present)).toEqual([b, notice('d', 'old')]);
  expect(recall().take([], [], present)).toEqual([solved('d'), solved('a'), solved('c')]);
});
