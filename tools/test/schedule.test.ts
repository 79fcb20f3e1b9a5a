import { expect, test } from 'vitest';
import { success } from './result.ts';
import { schedule } from './schedule.ts';

const stage = (name: string, beside?: string) => ({
  name,
  ...(beside !== undefined && { beside }),
  run: async () => success(name),
});
const all = [stage('lint', 'packets'), stage('peers'), stage('unit', 'packets'), stage('packets')];
const turnsOf = (...names: readonly string[]) =>
  schedule(all.filter(({ name }) => names.includes(name))).map(({ stage: { name }, beside }) => [
    name,
    ...beside.map((each) => each.name),
  ]);

test('a stage takes along those that run beside it, in their order', () => {
  expect(turnsOf('lint', 'peers', 'unit', 'packets')).toEqual([['peers'], ['packets', 'lint', 'unit']]);
});

test('where the other is not wanted a stage has its own turn in its own place', () => {
  expect(turnsOf('lint', 'peers', 'unit')).toEqual([['lint'], ['peers'], ['unit']]);
});
