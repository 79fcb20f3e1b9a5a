import { expect, test } from 'vitest';
import { InterfaceTakenFault } from '../fault.ts';
import { testWorkload } from '../testing/workload.ts';
import { Attempts } from './attempts.ts';

const [bad, good] = [testWorkload('bad', ['10.0.0.2/24'], []), testWorkload('good', ['10.0.0.3/24'], [])];
const refused = new Map([[bad, new Error('no')]]);

test('a workload that fails waits twice as long each time, half a minute at most, and nobody else does', () => {
  let nowMs = 0;
  const attempts = new Attempts('n1', () => nowMs);
  const pauses: (number | undefined)[] = [];
  for (let turn = 0; turn < 7; turn++) {
    attempts.note([bad, good], refused);
    expect([attempts.isHeld(bad), attempts.isHeld(good)]).toEqual([true, false]);
    pauses.push(attempts.dueInMs);
    nowMs += attempts.dueInMs ?? 0;
    expect(attempts.isHeld(bad)).toBe(false);
  }
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

test('it is told of while it waits, and no more once it is attached or not wanted', () => {
  const attempts = new Attempts('n1', () => 0);
  attempts.note([bad], refused);
  attempts.note([bad], new Map());
  expect(attempts.findings).toMatchObject([
    {
      code: 'pod-unattached',
      object: { kind: 'Pod', namespace: 'default', name: 'bad' },
      message: 'pod/default/bad cannot be attached on node n1: no',
    },
  ]);
  attempts.note([], new Map());
  expect([attempts.findings, attempts.dueInMs]).toEqual([[], undefined]);
});

test('with something else to be attached with it is tried at once, and begins anew', () => {
  const attempts = new Attempts('n1', () => 0);
  attempts.note([bad], refused);
  attempts.note([bad], refused);
  const other = { ...bad, mac: '0a:00:00:00:00:99' as typeof bad.mac };
  expect(attempts.isHeld(other)).toBe(false);
  attempts.note([other], new Map([[other, new Error('no')]]));
  expect(attempts.dueInMs).toBe(1_000);
});

test('an interface of somebody else has its own finding', () => {
  const attempts = new Attempts('n1', () => 0);
  attempts.note([bad], new Map([[bad, new InterfaceTakenFault(bad, 'taken')]]));
  expect(attempts.findings).toMatchObject([{ code: 'nic-in-use', message: 'taken' }]);
});
