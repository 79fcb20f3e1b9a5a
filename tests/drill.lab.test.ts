import { mkdtempSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { playMatrix } from '../tools/drill/matrix.ts';
import { matrixOf } from '../tools/drill/matrix-cases.ts';
import { randomOf, shuffled } from '../tools/drill/random.ts';
import { type Result, tallyOf } from '../tools/drill/results.ts';
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
  const cases = matrixOf(topology, seed);
  const texts = (isSingle: boolean): readonly string[] =>
    shuffled(
      cases.filter(({ sort }) => (sort === 'single') === isSingle),
      random,
    ).map(({ text }) => text);
  const lines: string[] = [`seed ${seed}`];
  const results: Result[] = [];
  const broken = await playMatrix({
    topology,
    left: [...texts(true).slice(0, 6), ...texts(false)],
    labName: 'drill',
    folder: scratch,
    commit: '',
    random,
    untilMs: performance.now() + budgetMs,
    say: (line) => lines.push(line),
    onResult: (result) => results.push(result),
  });
  const tally = tallyOf(results);
  process.stdout.write(`${lines.join('\n')}\n${JSON.stringify(tally)}\n`);
  expect(results.flatMap(({ text, wrong }) => wrong.map((line) => `${text}: ${line}`))).toEqual([]);
  expect(broken).toEqual([]);
  expect(tally.cases).toBeGreaterThan(3);
  expect(tally.agree).toBeGreaterThan(0);
});
