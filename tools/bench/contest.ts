import { summarise, type Timing } from './measure.ts';

/** Ways to do the same thing, timed turn by turn so that whatever else the machine does falls on all alike. */
export type Contest = {
  readonly name: string;
  readonly rounds: number;
  /** By name; each does the thing once and returns how long it took in milliseconds. */
  readonly entrants: Readonly<Record<string, () => Promise<number>>>;
};

/** The medians and extremes of each entrant, after one round that is not counted. */
export async function hold({ rounds, entrants }: Contest): Promise<ReadonlyMap<string, Timing>> {
  const times = new Map(Object.keys(entrants).map((name): [string, number[]] => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, run] of Object.entries(entrants)) {
      const timeMs = await run();
      if (round > 0) times.get(name)?.push(timeMs);
    }
  }
  return new Map([...times].map(([name, list]) => [name, summarise(list)]));
}

/** How long it takes. */
export async function clock(run: () => unknown): Promise<number> {
  const startMs = performance.now();
  await run();
  return performance.now() - startMs;
}

/** One line of a verdict: a ratio, what was promised, and whether it holds. */
export function verdict(name: string, ratio: number, goal: number): string {
  const state = ratio <= goal ? 'met' : 'NOT MET';
  return `${name.padEnd(58)} ${ratio.toFixed(3).padStart(8)}  goal ≤ ${goal}  ${state}`;
}

/** One line of a timing. */
export function timingLine(name: string, { minimumMs, medianMs, maximumMs }: Timing): string {
  const cells = [medianMs, minimumMs, maximumMs].map((value) =>
    `${value.toFixed(value < 10 ? 3 : 0)} ms`.padStart(12),
  );
  return `  ${name.padEnd(56)}${cells.join('')}`;
}
