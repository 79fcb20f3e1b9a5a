// node --conditions=berth-source tools/soak.ts [--minutes N] [--seed N]
// Changes wishes, damages rows, breaks nodes and ends the controller at random, and asks after each round whether all is as wanted.
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type FailureSet, parseFailures } from '@berth/core';
import { randomOf } from './drill/random.ts';
import { faultsAtRest, foreignDigest, leftBehind } from './soak/checks.ts';
import { drawDamage } from './soak/damage.ts';
import { drawFailures } from './soak/failures.ts';
import { type Held, SoakStage } from './soak/stage.ts';
import { emptyWish, type Wish } from './soak/wish.ts';
import { type Draw, wishSteps } from './soak/wishes.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '1000000' },
    lab: { type: 'string', default: `soak-${process.pid}` },
    /** Where the log and the databases of a fault are kept. */
    folder: { type: 'string', default: '/tmp/berth-soak' },
  },
});

const nodes = ['n1', 'n2', 'n3', 'n4'];
/** So often everything is let go, and looked for. */
const roundsToEmpty = 8;
const random = randomOf(Number(values.seed));
const draw: Draw = (items) => items[Math.floor(random() * items.length)];
const isDrawn = (chance: number): boolean => random() < chance;
const untilMs = performance.now() + Number(values.minutes) * 60_000;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

let faulty = 0;
let rounds = 0;
while (performance.now() < untilMs && rounds < Number(values.rounds)) await soak();
say(`${rounds} rounds, ${faulty} of them with faults`);
process.exitCode = faulty > 0 ? 1 : 0;

/** Plays rounds on one lab, until one of them is at fault. */
async function soak(): Promise<void> {
  const wish = emptyWish(nodes);
  await using stage = await SoakStage.open(wish, values.lab);
  const foreign = await foreignDigest(stage);
  let empty: { readonly left: readonly string[]; readonly held: Held | undefined } | undefined;
  while (performance.now() < untilMs && rounds < Number(values.rounds)) {
    rounds += 1;
    const startMs = performance.now();
    const told: string[] = [];
    const isEmptying = rounds % roundsToEmpty === 0;
    await play(stage, wish, told, isEmptying);
    const faults = [...(await faultsAtRest(stage, wish))];
    if ((await foreignDigest(stage)) !== foreign) faults.push("somebody else's rows are not what they were");
    if (isEmptying && faults.length === 0) {
      const left = await leftAtLast(stage, wish, empty?.left);
      const held = stage.held;
      faults.push(...differences(empty?.left ?? left, left));
      say(`  nothing is wanted: ${left.length} lines left, ${held?.files} files, ${held?.residentMiB} MiB`);
      empty ??= { left, held };
    }
    const took = ((performance.now() - startMs) / 1000).toFixed(1);
    say(`${rounds} ${told.join('; ')} ${faults.length === 0 ? 'well' : 'FAULT'} ${took} s`);
    if (faults.length === 0) continue;
    faulty += 1;
    for (const fault of faults) say(`  ${fault}`);
    await keep(stage, told, faults);
    return;
  }
}

/** Everything that happens in a round, in an order that the numbers decide. */
async function play(stage: SoakStage, wish: Wish, told: string[], isEmptying: boolean): Promise<void> {
  const isEnded = isDrawn(0.25);
  if (isEnded) {
    const signal = draw(['SIGKILL', 'SIGTERM'] as const) ?? 'SIGTERM';
    told.push(`controller ${signal}`);
    await stage.end(signal);
  }
  if (isDrawn(0.5)) await breakSomething(stage, told);
  const steps = 1 + Math.floor(random() * 4);
  for (let step = 0; step < steps; step += 1) {
    const said = draw(wishSteps)?.(wish, draw);
    if (said !== undefined) told.push(said);
    stage.want(wish);
    if (isDrawn(0.5)) await sleep(random() * 1_500);
  }
  if (isDrawn(0.4)) {
    const { says, script } = drawDamage(draw);
    told.push(says);
    // NB may be down.
    await stage.central(`timeout 5 bash -c ${JSON.stringify(script).replaceAll('$', '\\$')}`);
  }
  if (isEmptying) {
    told.push('nothing is wanted');
    for (const kind of [wish.floatingIps, wish.forwards, wish.sourceNat, wish.pods]) kind.clear();
    stage.want(wish);
  }
  await sleep(random() * 3_000);
  await stage.heal();
  if (isEnded) await sleep(random() * 2_000);
  stage.start();
}

async function breakSomething(stage: SoakStage, told: string[]): Promise<void> {
  const text = drawFailures(nodes, draw);
  const parsed = parseFailures(text, nodes);
  const sets: readonly FailureSet[] = parsed.kind === 'parsed' ? parsed.sets : [];
  told.push(text);
  for (const set of sets) await stage.fail(set);
  await sleep(random() * 4_000);
}

/** What is left once it is what was left before, or after a while: nodes that were away clean up when they are back. */
async function leftAtLast(
  stage: SoakStage,
  wish: Wish,
  before: readonly string[] | undefined,
): Promise<readonly string[]> {
  for (let tries = 0; ; tries += 1) {
    const left = await leftBehind(stage, wish);
    if (tries === 60 || (before !== undefined && differences(before, left).length === 0)) return left;
    if (before === undefined && tries === 5) return left;
    await sleep(1_000);
  }
}

/** Lines of one that the other has not. */
function differences(before: readonly string[], after: readonly string[]): readonly string[] {
  const more = after.filter((line) => !before.includes(line)).map((line) => `left behind: ${line}`);
  const fewer = before.filter((line) => !after.includes(line)).map((line) => `gone: ${line}`);
  return [...more, ...fewer];
}

/** What is needed to look into a fault. */
async function keep(stage: SoakStage, told: readonly string[], faults: readonly string[]): Promise<void> {
  const place = path.join(values.folder, `seed-${values.seed}-round-${rounds}`);
  mkdirSync(place, { recursive: true });
  appendFileSync(path.join(place, 'told.txt'), [...told, ...faults, stage.log].join('\n'));
  const { exitCode, stderr } = await stage.berth('bundle', path.join(place, 'bundle.json'));
  say(`  kept in ${place}${exitCode === 0 ? '' : ` without a bundle: ${stderr.trim()}`}`);
}
