import { Compiler, compiledTables, Differ, type Intent, operations } from '@berth/core';
import { encodeOperation } from '@berth/ovsdb/value';
import { verdict } from './contest.ts';
import { carriedOut, networkOf } from './network.ts';

const sizes = [1_000, 10_000, 50_000];
const changes = 2_000;
const goalUs = 50;
const goalGrowth = 1.5;

/**
 * P5: one floating IP after the other changes its placement, and each change is written. Timed is the way from the intent to the text of the transaction: compiled,
 * compared with NB, in which the change before has come, and serialised.
 */
export async function* benchChange(): AsyncGenerator<string> {
  yield `P5 one change among floating IPs, from the intent to the text of its transaction (p50, p99, maximum; ${changes} each)`;
  const medians: number[] = [];
  for (const size of sizes) {
    const times = changesOf(size).toSorted((left, right) => left - right);
    const at = (part: number): number =>
      times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? Number.NaN;
    yield `  among ${String(size).padEnd(50)}${[0.5, 0.99, 1].map((part) => `${at(part).toFixed(1)} µs`.padStart(12)).join('')}`;
    medians.push(at(0.5));
    if (size === 10_000)
      yield `  of which the machine: p99 of a loop that takes as long  ${idle(at(0.5)).toFixed(1)} µs`;
    if (size === 10_000) yield verdict(`P5 one change among ${size}, p99 in µs`, at(0.99), goalUs);
  }
  const [smallest = Number.NaN] = medians;
  yield verdict('P5 p50 among 50000 / among 1000', (medians.at(-1) ?? Number.NaN) / smallest, goalGrowth);
}

/** How long each change takes, in microseconds. */
function changesOf(size: number): readonly number[] {
  const network = networkOf(size);
  const compiler = new Compiler();
  const differ = new Differ({ db: 'NB', tables: compiledTables, instance: 'default' });
  let { intent } = network.result;
  let { nb } = network;
  const step = (): number => {
    const startMs = performance.now();
    const list = operations(differ.plan(compiler.update(intent), nb).changes);
    const text = JSON.stringify(list.map((operation) => encodeOperation(nb.schema, operation)));
    const timeUs = (performance.now() - startMs) * 1000;
    if (list.length > 0) nb = carriedOut(nb, list);
    return text === '[]' ? Number.NaN : timeUs;
  };
  if (!Number.isNaN(step())) throw new Error('there was something to do');
  const times: number[] = [];
  for (let count = -changes; count < changes; count++) {
    intent = otherPlacement(intent, (count + changes) * 7919);
    const timeUs = step();
    if (Number.isNaN(timeUs)) throw new Error('a change was not seen');
    if (count >= 0) times.push(timeUs);
  }
  return times;
}

/** The p99 of an empty loop that should take so long each time: what lies above is taken by others on the machine. */
function idle(timeUs: number): number {
  const spin = (rounds: number): number => {
    const startMs = performance.now();
    let sum = 0;
    for (let round = 0; round < rounds; round++) sum = (sum * 31 + round) | 0;
    return sum === 0.5 ? 0 : (performance.now() - startMs) * 1000;
  };
  for (let warm = 0; warm < 100; warm++) spin(100_000);
  const rounds = Math.round((100_000 * timeUs) / spin(100_000));
  const times = Array.from({ length: changes }, () => spin(rounds)).sort((left, right) => left - right);
  return times[Math.floor(changes * 0.99)] ?? Number.NaN;
}

/** The intent with one floating IP placed otherwise; all other parts stay the objects they are. */
function otherPlacement(intent: Intent, place: number): Intent {
  const at = place % intent.vpcs.length;
  const vpcs = intent.vpcs.map((vpc, index) => {
    if (index !== at) return vpc;
    const chosen = Math.floor(place / intent.vpcs.length) % vpc.floatingIps.length;
    const floatingIps = vpc.floatingIps.map((fip, position) => {
      if (position !== chosen) return fip;
      const effective: 'centralized' | 'distributed' =
        fip.placement.effective === 'distributed' ? 'centralized' : 'distributed';
      const atWorkload = effective === 'distributed';
      return { ...fip, placement: { ...fip.placement, effective, atWorkload } };
    });
    return { ...vpc, floatingIps };
  });
  return { ...intent, vpcs };
}

if (import.meta.main) for await (const line of benchChange()) console.log(line);
