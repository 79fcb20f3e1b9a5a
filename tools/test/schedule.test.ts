import { expect, test } from 'vitest';
import { success } from './result.ts';
import { schedule } from './schedule.ts';

const stage = (name: string, ...beside: readonly string[]) => ({
  name,
  ...(beside.length > 0 && { beside }),
  run: async () => success(name),
});
const all = [
  stage('lint', 'lab', 'packets'),
  stage('build'),
  stage('unit', 'lab', 'packets'),
  stage('lab'),
  stage('packets'),
  stage('stories'),
];
const turnsOf = (...names: readonly string[]) =>
  schedule(all.filter(({ name }) => names.includes(name))).map(({ stages, beside }) => [
    stages.map(({ name }) => name),
    beside.map(({ name }) => name),
  ]);

test('what may run beside others does so for as long as any of them has its turn', () => {
  expect(turnsOf('lint', 'build', 'unit', 'lab', 'packets', 'stories')).toEqual([
    [['build'], []],
    [
      ['lab', 'packets'],
      ['lint', 'unit'],
    ],
    [['stories'], []],
  ]);
  expect(turnsOf('unit', 'packets')).toEqual([[['packets'], ['unit']]]);
});

test('where none of the others is wanted a stage has its own turn in its own place', () => {
  expect(turnsOf('lint', 'build', 'unit')).toEqual([
    [['lint'], []],
    [['build'], []],
    [['unit'], []],
  ]);
});
