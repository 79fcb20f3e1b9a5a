/** Something the project promises to be quick at. */
export type Measure = {
  readonly name: string;
  /** What is promised, for a two-core machine; absent where nothing is. */
  readonly goalMs?: number;
  readonly repeats: number;
  /** Does the thing once. What it needs beforehand it prepares outside. */
  readonly run: () => void | Promise<void>;
};

/** How long the repeats of a measure took. */
export type Timing = { readonly minimumMs: number; readonly medianMs: number; readonly maximumMs: number };

/** Runs a measure once unmeasured, so that caches are as they are in use, then the number of times it asks for. */
export async function time({ repeats, run }: Measure): Promise<Timing> {
  await run();
  const times: number[] = [];
  for (let count = 0; count < repeats; count += 1) {
    const startMs = performance.now();
    await run();
    times.push(performance.now() - startMs);
  }
  return summarise(times);
}

/** Smallest, middle and largest of at least one time. */
export function summarise(times: readonly number[]): Timing {
  const sorted = times.toSorted((left, right) => left - right);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return { minimumMs: at(0), medianMs: at(Math.floor(sorted.length / 2)), maximumMs: at(sorted.length - 1) };
}
