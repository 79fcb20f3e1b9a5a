import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pairs, sequences, singles } from '../tools/drill/cases.ts';
import { playMatrix } from '../tools/drill/matrix.ts';
import { randomOf, shuffled } from '../tools/drill/random.ts';
import { topologies } from '../tools/drill/topology.ts';

/** Another sample each time: BERTH_SEED=$RANDOM. */
const seed = Number(process.env['BERTH_SEED'] ?? 20_261_123);

/** So much of the sample is played as fits. */
const budgetMs = 110_000;

const before = process.env['XDG_RUNTIME_DIR'];
let scratch = '';

beforeAll(() => {
  // Labs of this test are seen by this test alone. The path is short, as the lab's sockets need it.
  scratch = mkdtempSync('/tmp/bd-');
  process.env['XDG_RUNTIME_DIR'] = scratch;
});

afterAll(() => {
  if (before === undefined) delete process.env['XDG_RUNTIME_DIR'];
  else process.env['XDG_RUNTIME_DIR'] = before;
  rmSync(scratch, { recursive: true, force: true });
});

test(`packets agree with the analysis, in a sample that seed ${seed} draws`, {
  timeout: 180_000,
}, async () => {
  const random = randomOf(seed);
  const [topology] = shuffled(topologies, random);
  if (topology === undefined) throw new Error('there is no topology');
  const few = shuffled(singles(topology), random).slice(0, 6);
  const others = shuffled([...pairs(topology), ...sequences(topology)], random);
  const lines: string[] = [`seed ${seed}`];
  const tally = await playMatrix({
    topology,
    cases: [...few, ...others],
    labName: 'drill',
    folder: scratch,
    untilMs: performance.now() + budgetMs,
    say: (line) => lines.push(line),
  });
  process.stdout.write(`${lines.join('\n')}\n${JSON.stringify(tally)}\n`);
  const wrong = tally.disagree === 0 ? '' : readFileSync(path.join(scratch, 'disagreements.txt'), 'utf8');
  expect(wrong).toBe('');
  expect(tally).toMatchObject({ disagree: 0, broken: 0 });
  expect(tally.cases).toBeGreaterThan(3);
  expect(tally.agree).toBeGreaterThan(0);
});
