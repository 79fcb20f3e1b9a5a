/** Items in a row of which each goes on from the one before it. */
export type Run<T> = {
  readonly first: T;
  readonly last: T;
  /** How many there are after the first. */
  readonly more: number;
};

/** The runs that items make up, as they come; every item is in one of them. */
export function runsOf<T>(items: readonly T[], goesOn: (before: T, item: T) => boolean): readonly Run<T>[] {
  const runs: Run<T>[] = [];
  for (const item of items) {
    const run = runs.at(-1);
    if (run && goesOn(run.last, item)) runs[runs.length - 1] = { ...run, last: item, more: run.more + 1 };
    else runs.push({ first: item, last: item, more: 0 });
  }
  return runs;
}
