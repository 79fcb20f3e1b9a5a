import { mkdtempSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { playGuarded } from '../tools/drill/guarded.ts';
import { guardedMatrix } from '../tools/drill/guarded-cases.ts';
import { guardedNetworks } from '../tools/drill/guarded-networks.ts';
import { playMatrix } from '../tools/drill/matrix.ts';
import { type MatrixCase, matrixOf } from '../tools/drill/matrix-cases.ts';
import { randomOf, shuffled } from '../tools/drill/random.ts';
import { type Result, tallyOf } from '../tools/drill/results.ts';
import { topologies } from '../tools/drill/topology.ts';

/** Another sample each time: BERTH_SEED=$RANDOM. */
const seed = Number(process.env['BERTH_SEED'] ?? 20_261_123);

/** So much of the sample is played as begins within this time, and a few cases in any case. */
const budgetMs = Number(process.env['BERTH_SAMPLE_SECONDS'] ?? 60) * 1_000;

/** Fewer would be no sample, however slow the machine is. */
const fewestCases = 3;

/** So many cases are played beside a controller: one call of `berth drill`. */
const guardedCases = 4;

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

/** Texts of the cases, the single failures or the others, drawn. */
function drawn(cases: readonly MatrixCase[], isSingle: boolean, random: () => number): readonly string[] {
  const some = cases.filter(({ sort }) => (sort === 'single') === isSingle);
  return shuffled(some, random).map(({ text }) => text);
}

/** What a test that plays cases gathers. */
function gathered() {
  const lines: string[] = [`seed ${seed}`];
  const results: Result[] = [];
  const shared = {
    folder: scratch,
    commit: '',
    say: (line: string) => lines.push(line),
    onResult: (result: Result) => results.push(result),
  };
  const expectAgreement = (broken: readonly string[], least: number): void => {
    const tally = tallyOf(results);
    process.stdout.write(`${lines.join('\n')}\n${JSON.stringify(tally)}\n`);
    expect(results.flatMap(({ text, wrong }) => wrong.map((line) => `${text}: ${line}`))).toEqual([]);
    expect(results.flatMap(({ text, doubted = [] }) => doubted.map((line) => `${text}: ${line}`))).toEqual(
      [],
    );
    expect(broken).toEqual([]);
    expect(tally.cases).toBeGreaterThanOrEqual(least);
    expect(tally.agree).toBeGreaterThan(0);
  };
  return { shared, results, expectAgreement };
}

test(`packets and traces agree with the analysis, in a sample that seed ${seed} draws`, {
  timeout: budgetMs + 900_000,
}, async () => {
  const random = randomOf(seed);
  const [topology] = shuffled(topologies, random);
  if (topology === undefined) throw new Error('there is no topology');
  const cases = matrixOf(topology, seed);
  const { shared, results, expectAgreement } = gathered();
  const left = [...drawn(cases, true, random).slice(0, 6), ...drawn(cases, false, random)];
  const broken: string[] = [];
  do {
    const untilMs = performance.now() + budgetMs;
    broken.push(
      ...(await playMatrix({
        topology,
        opinion: 'both',
        ...shared,
        random,
        labName: 'drill',
        left,
        untilMs,
      })),
    );
  } while (tallyOf(results).cases < fewestCases && left.length > 0 && broken.length === 0);
  expectAgreement(broken, fewestCases);
});

test(`and beside a controller that acts, in a sample that seed ${seed} draws`, {
  timeout: budgetMs + 900_000,
}, async () => {
  const random = randomOf(seed);
  const [network] = shuffled(guardedNetworks, random);
  if (network === undefined) throw new Error('there is no network');
  const cases = guardedMatrix(network, seed);
  const { shared, expectAgreement } = gathered();
  const broken = await playGuarded({
    ...{ network, hasTraces: true, ...shared },
    left: [
      ...drawn(cases, true, random).slice(0, guardedCases - 1),
      ...drawn(cases, false, random).slice(0, 1),
    ],
    untilMs: performance.now() + budgetMs,
  });
  expectAgreement(broken, guardedCases);
});
