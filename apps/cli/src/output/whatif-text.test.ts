import type { ExternalFlow } from '@berth/core';
import { expect, test } from 'vitest';
import { styleOf } from './style.ts';
import {
  hiddenText,
  pointsText,
  scenarioLine,
  scenarioTable,
  singlePoints,
  tellingLines,
} from './whatif-text.ts';
import { addTotals, noTotals, type Touched, totalsText } from './whatif-totals.ts';

const flow = (target: string): ExternalFlow => ({
  target,
  direction: 'inbound',
  kind: 'floating-ip',
  router: 'r',
  externalIp: '10.0.0.1',
  externalPort: undefined,
  logicalIp: '192.168.0.1',
  logicalPort: undefined,
  placement: 'centralized',
  gatewayPort: undefined,
  network: undefined,
  obstacle: undefined,
  conditions: [],
  assumptions: [],
  rows: [],
  origins: [],
});
const touched = (effect: Touched['effect'], ...targets: readonly string[]): readonly Touched[] =>
  targets.map((target) => ({ flow: flow(target), effect }));
const line = (failures: string, ...some: readonly Touched[]) => {
  const made = scenarioLine(failures.split(','), some, { listed: [], broken: [] });
  if (!made) throw new Error('nothing touched');
  return made;
};

test('a target is named once, whatever it loses of it', () => {
  expect(line('host:a', ...touched('lost', 'x', 'x'), ...touched('moved', 'y'))).toEqual({
    failures: ['host:a'],
    lost: ['x'],
    moved: ['y'],
    unknown: [],
    broken: [],
    untouched: [],
  });
  expect(scenarioLine(['host:a'], [], { listed: [], broken: [flow('x')] })).toBeUndefined();
});

test('where all are listed a scenario has its line though nobody notices it', () => {
  const lines = [[], touched('lost', 'x')].map((some) =>
    scenarioLine(['host:a'], some, { listed: ['x', 'y', 'z'], broken: [flow('z')] }),
  );
  expect(lines.map((each) => each?.untouched)).toEqual([['x', 'y'], ['y']]);
  expect(lines.map((each) => each?.broken)).toEqual([['z'], ['z']]);
  const text = scenarioTable(
    lines.flatMap((each) => each ?? []),
    { isWide: false, listsAll: true },
    styleOf(false),
  );
  expect(text).toMatch(/^FAILURES +LOST +MOVED +UNKNOWN +BROKEN-BEFORE +UNTOUCHED$/m);
  expect(text).toMatch(/^host:a +<none> +<none> +<none> +z +x,y$/m);
  expect(text).toMatch(/^host:a +x +<none> +<none> +z +y$/m);
});

test('of two failures only what neither loses alone is told', () => {
  const lines = [
    line('host:a', ...touched('moved', 'x')),
    line('host:b', ...touched('lost', 'y')),
    line('host:a,host:b', ...touched('lost', 'x', 'y')),
    line('host:b,host:c', ...touched('lost', 'y')),
  ];
  expect(tellingLines(lines).map(({ failures, lost }) => [failures.join(), lost])).toEqual([
    ['host:a', []],
    ['host:b', ['y']],
    ['host:a,host:b', ['x']],
  ]);
});

test('how many pairs are left out is said', () => {
  const lines = [
    line('host:b', ...touched('lost', 'y')),
    line('host:a,host:b', ...touched('lost', 'y')),
    line('host:b,host:c', ...touched('lost', 'y')),
  ];
  expect(hiddenText(lines, tellingLines(lines))).toMatch(/^2 pairs not listed: .* --all lists them$/);
  expect(hiddenText(lines, lines)).toBeUndefined();
});

test('single points of failure are single, and the worst comes first', () => {
  const lines = [
    line('host:a', ...touched('lost', 'x')),
    line('host:b', ...touched('lost', 'x', 'y')),
    line('host:c', ...touched('moved', 'x')),
    line('host:a,host:c', ...touched('lost', 'x', 'y', 'z')),
  ];
  expect(singlePoints(lines).map(({ failures }) => failures.join())).toEqual(['host:b', 'host:a']);
});

test('many targets are counted unless all are wanted', () => {
  const lines = [line('host:a', ...touched('lost', 'a', 'b', 'c', 'd', 'e'))];
  expect(scenarioTable(lines, { isWide: false, listsAll: false }, styleOf(false))).toContain(
    'a,b,c and 2 more',
  );
  expect(scenarioTable(lines, { isWide: true, listsAll: false }, styleOf(false))).toContain('a,b,c,d,e');
});

test('totals of scenarios are of the same flows', () => {
  const one = { ...noTotals, flows: 3, delivered: 2, moved: 1, lost: 1 };
  const totals = addTotals(addTotals(noTotals, one), one);
  expect(totals).toMatchObject({ flows: 3, delivered: 4, lost: 2 });
  expect(totalsText(totals, 2)).toBe('3 flows in 2 scenarios: 4 delivered (2 moved), 2 lost');
  expect(totalsText({ ...one, unknown: 1, conflict: 1, brokenBefore: 1 }, 1)).toBe(
    '3 flows: 2 delivered (1 moved), 1 lost, 1 unknown (1 in conflict), 1 broken before',
  );
  // What is lost in a table and was not known before counts as unknown.
  expect(totalsText({ ...noTotals, flows: 3, unknown: 3, unknownBefore: 2 }, 1)).toBe(
    '3 flows: 0 delivered (0 moved), 0 lost, 3 unknown (0 in conflict, 2 unknown before)',
  );
});

test('where nothing works nothing is called free of single points of failure', () => {
  const totals = { ...noTotals, flows: 2 };
  expect(pointsText([], { ...totals, brokenBefore: 6 }, 3)).toContain('nothing works now');
  expect(pointsText([], { ...totals, brokenBefore: 3, delivered: 3 }, 3)).toBe(
    'single points of failure, with the number of targets each takes: none; 1 flow of 2 does not work now and counts for nothing',
  );
  expect(pointsText([], { ...totals, unknown: 3, unknownBefore: 3, delivered: 3 }, 3)).toMatch(
    /: none; of 1 flow of 2 it is not known whether it works now$/,
  );
  expect(pointsText([], { ...totals, unknown: 6, unknownBefore: 6 }, 3)).toMatch(/^it is not known that/);
  expect(pointsText([], totals, 3)).toMatch(/: none$/);
  expect(pointsText([], noTotals, 3)).toContain('no address is programmed that a workload uses');
});
