import { keepRuns, lengthOf, type Run } from './list-difference.ts';

/**
 * Says of a list that was made item by item of another one what of it was there before, so that nobody has to find out: `made` are runs of the
 * lists that both were made of, `others` places at which there may be something else all the same, in ascending order. Gives the list.
 */
export function handedOn<List extends readonly unknown[]>(
  before: readonly unknown[],
  after: List,
  made: readonly Run[],
  others: readonly number[] = [],
): List {
  keepRuns(before, after, joined(before, after, withoutPlaces(made, others)));
  return after;
}

/** Runs without some places of the list after, both in ascending order. */
function withoutPlaces(runs: readonly Run[], places: readonly number[]): readonly Run[] {
  const parts: Run[] = [];
  let at = 0;
  for (const { place, former, length } of runs) {
    let from = place;
    const end = place + length;
    for (; at < places.length && (places[at] as number) < end; at++) {
      const other = places[at] as number;
      if (other < place) continue;
      if (other > from) parts.push({ place: from, former: former + from - place, length: other - from });
      from = other + 1;
    }
    if (end > from) parts.push({ place: from, former: former + from - place, length: end - from });
  }
  return parts;
}

/** Runs as one where what is between them, or before the first and after the last, is the very same in both lists. */
function joined(before: readonly unknown[], after: readonly unknown[], runs: readonly Run[]): readonly Run[] {
  // What is out of order may be between others in the list before.
  if (runs.some(({ former }, at) => at > 0 && former < (runs[at - 1] as Run).former)) return runs;
  const all: Run[] = [];
  let last: Run = { place: 0, former: 0, length: 0 };
  for (const run of [...runs, { place: after.length, former: before.length, length: 0 }]) {
    const [end, formerEnd] = [last.place + last.length, last.former + last.length];
    const gap = run.place - end;
    const isSame = run.former - formerEnd === gap && lengthOf(before, formerEnd, after, end, gap) === gap;
    if (!isSame && last.length > 0) all.push(last);
    last = isSame ? { ...last, length: last.length + gap + run.length } : run;
  }
  if (last.length > 0) all.push(last);
  return all;
}
