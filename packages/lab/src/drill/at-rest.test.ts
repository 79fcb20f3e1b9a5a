import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Lab } from '../lab/lab.ts';
import type { Burst } from '../prober/prober.ts';
import { untilAtRest } from './at-rest.ts';
import type { LookOptions } from './eyes.ts';
import type { Trial } from './probes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const trials = [
  {
    flow: { direction: 'inbound' },
    probe: { key: '0', from: 'outside', to: '10.9.101.9' },
    ask: { ip: '10.9.101.9' },
  } as Trial,
];

/** What is seen where a node answers, or nobody. */
function burstAt(node: string): Burst {
  const repliesFrom = node === '' ? [] : [node];
  const received = 3 * repliesFrom.length;
  const answers = repliesFrom.map((each) => ({ node: each, mac: 'a' }));
  return {
    flows: new Map([['0', { sent: 3, received, requestsFrom: [], repliesFrom }]]),
    answerers: new Map([['10.9.101.9', answers]]),
  };
}

const lineOf = (node: string) =>
  `outside to 10.9.101.9: answered, seen at ${node}, ${node} answers for 10.9.101.9`;

/** Waits over looks that see these nodes, the last of them again and again. */
function resting(nodes: readonly string[], healthy: readonly string[] = [], isSilent = false) {
  const looks: LookOptions[] = [];
  const execs: string[] = [];
  const eyes = {
    look: (_: readonly Trial[], options: LookOptions = {}) => {
      const node = nodes[Math.min(looks.push(options), nodes.length) - 1] ?? '';
      return Promise.resolve({ burst: burstAt(node), traced: undefined });
    },
  };
  const exec = (node: string) => Promise.resolve(execs.push(node));
  const lab = { nodeNames: ['n1'], exec } as unknown as Lab;
  const rest = untilAtRest({ lab, eyes, trials, isSilent, signal: undefined }, healthy);
  const told = rest.then(
    ({ lines }) => lines,
    (fault: Error) => fault.message,
  );
  return async () => {
    await vi.advanceTimersByTimeAsync(120_000);
    return { told: await told, looks, execs };
  };
}

test('where nothing is to come through nobody is waited for', async () => {
  const { told, looks } = await resting(['', ''], [], true)();
  expect(looks).toHaveLength(2);
  expect(told).toEqual([expect.stringContaining('nobody answers')]);
  expect((await resting(['', ''])()).looks.length).toBeGreaterThan(10);
});

test('where nothing is known yet two looks in a row are to be alike, and somebody is to answer', async () => {
  const { told, looks } = await resting(['n1', '', '', 'n2', 'n2'])();
  expect(told).toEqual([lineOf('n2')]);
  expect(looks).toEqual([{}, {}, {}, {}, {}]);
});

test('a lab that is known is at rest as soon as it is what it was', async () => {
  const { told, looks, execs } = await resting(['n2', 'n2', 'n1'], [lineOf('n1')])();
  expect(told).toEqual([lineOf('n1')]);
  expect(looks).toEqual(Array(3).fill({ count: 1, waitMs: 400 }));
  expect(execs).toEqual([]);
});

test('one that becomes another one forgets what it cached, once, and is told with what is different', async () => {
  const { told, execs } = await resting(['n2'], [lineOf('n1')])();
  expect(told).toBe(`the lab did not become again what it was: ${lineOf('n2')}`);
  expect(execs).toEqual(['n1']);
});
