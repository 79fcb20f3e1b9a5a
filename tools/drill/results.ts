import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** One case that was played. A file of results has one a line. */
export type Result = {
  readonly topology: string;
  /** The written failures; `nothing` for the base. */
  readonly text: string;
  /** The commit that played it; `-dirty` behind it where the checkout had changes. */
  readonly commit: string;
  readonly flows: number;
  readonly agree: number;
  readonly disagree: number;
  readonly unknown: number;
  readonly conflict: number;
  /** Flows that came back later than expected, told in words. */
  readonly slow: readonly string[];
  /** Flows that disagreed, told in words. */
  readonly wrong: readonly string[];
  /** Who was asked; packets when absent. */
  readonly opinion?: 'trace' | 'both';
  /** Flows of which traces and packets contradict one another, told in words. */
  readonly doubted?: readonly string[];
  readonly isLate: boolean;
  /** Whether it agreed only once the datapaths had forgotten their cached flows. */
  readonly isStale?: boolean;
};

/** How many flows of how many cases agreed. */
export type Tally = {
  cases: number;
  flows: number;
  agree: number;
  disagree: number;
  unknown: number;
  conflict: number;
  slow: number;
  /** Cases in which a datapath went on with cached flows that OpenFlow no longer gave. */
  stale: number;
  /** Flows of which traces and packets contradict one another. */
  doubted: number;
  /** Cases that disagreed once and not when they were played again. */
  recovered: number;
};

/** What is on file, in the order it was played. A last line that was cut off is left out. */
export function readResults(file: string): readonly Result[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line) as Result);
}

export function addResult(file: string, result: Result): void {
  appendFileSync(file, `${JSON.stringify(result)}\n`);
}

/** How a flow was judged. */
type Judgement = 'agree' | 'disagree' | 'unknown' | 'conflict';

/** How many flows were judged how. */
export function judged(flows: readonly { readonly agrees: Judgement }[]): Pick<Result, Judgement | 'flows'> {
  const count = (wanted: Judgement): number => flows.filter(({ agrees }) => agrees === wanted).length;
  return {
    flows: flows.length,
    ...{ agree: count('agree'), disagree: count('disagree') },
    ...{ unknown: count('unknown'), conflict: count('conflict') },
  };
}

/** A case that was played, in a line, and its flows that are worth one. */
export function linesOf(result: Result, tookMs: number): readonly string[] {
  const { topology, text, agree, disagree, unknown, conflict, slow, wrong, isLate, isStale } = result;
  const doubted = result.doubted ?? [];
  const counts = `${agree} agree, ${disagree} disagree, ${unknown} unknown, ${conflict} conflict, ${slow.length} slow${doubted.length > 0 ? `, ${doubted.length} doubted` : ''}`;
  const rest = isStale ? ' (stale flows)' : isLate ? ' (late)' : '';
  const line = `${topology} ${text}: ${counts}${rest} ${(tookMs / 1000).toFixed(1)} s`;
  return [line, ...[...wrong, ...doubted, ...slow].map((each) => `  ${each}`)];
}

/** The last result of each case. */
export function latest(results: readonly Result[]): readonly Result[] {
  return [...new Map(results.map((result) => [keyOf(result), result])).values()];
}

/** Whether a case has been played with this opinion, and agreed when it was played last. */
export function isSettled(
  results: readonly Result[],
  opinion: 'packets' | 'trace' | 'both' = 'packets',
): (topology: string, text: string) => boolean {
  const settled = new Set(
    latest(results)
      .filter(({ disagree, doubted = [] }) => disagree + doubted.length === 0)
      .map(keyOf),
  );
  const asked = opinion === 'packets' ? {} : { opinion };
  return (topology, text) => settled.has(keyOf({ topology, text, ...asked }));
}

export function tallyOf(results: readonly Result[]): Tally {
  const once = new Set(results.filter(({ disagree }) => disagree > 0).map(keyOf));
  const tally = {
    cases: 0,
    flows: 0,
    agree: 0,
    disagree: 0,
    unknown: 0,
    conflict: 0,
    slow: 0,
    stale: 0,
    doubted: 0,
    recovered: 0,
  };
  for (const result of latest(results)) {
    tally.cases += 1;
    for (const key of ['flows', 'agree', 'disagree', 'unknown', 'conflict'] as const)
      tally[key] += result[key];
    tally.slow += result.slow.length;
    tally.doubted += result.doubted?.length ?? 0;
    if (result.isStale === true) tally.stale += 1;
    if (result.disagree === 0 && once.has(keyOf(result))) tally.recovered += 1;
  }
  return tally;
}

function keyOf({ topology, text, opinion }: Pick<Result, 'topology' | 'text' | 'opinion'>): string {
  return `${topology} ${text} ${opinion ?? ''}`;
}
