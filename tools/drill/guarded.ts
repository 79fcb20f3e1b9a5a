import { mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { Stage } from '../failover/stage.ts';
import type { GuardedNetwork } from './guarded-networks.ts';
import { judged, linesOf, type Result } from './results.ts';

export type GuardedOptions = {
  readonly network: GuardedNetwork;
  /** Written failures, shared by all that play this network: each takes the next few. */
  readonly left: string[];
  /** Where disagreements are kept. */
  readonly folder: string;
  readonly commit: string;
  /** Whether switches are asked beside packets. */
  readonly hasTraces: boolean;
  /** When to stop, by `performance.now()`. */
  readonly untilMs: number;
  readonly say: (line: string) => void;
  readonly onResult: (result: Result) => void;
};

/** What is read of `berth drill -o json`. */
type Answer = {
  readonly scenarios: readonly { readonly failures: readonly string[]; readonly flows: readonly Flow[] }[];
  readonly kept: string | null;
};

type Flow = {
  readonly target: string;
  readonly direction: string;
  readonly predicted: Place;
  readonly observed: Place & { readonly answerers: readonly string[]; readonly outageMs: number | null };
  readonly outage: { readonly ms: number } | null;
  readonly agrees: 'agree' | 'disagree' | 'unknown' | 'conflict';
  readonly slow: boolean;
  readonly trace: (Place & Doubted) | null;
};

type Doubted = { readonly why: string; readonly packets: string; readonly doubt: string };

type Place = { readonly outcome: string; readonly berth: string | null };

/** So many cases one `berth drill` plays: its first look and last rest are shared, and little is lost when one goes wrong. */
const batchSize = 6;

/**
 * Plays cases by `berth drill` beside `berth run`, as a user would, on a fresh lab after one would not heal. Gives the cases
 * that could not be tried though each had a lab to itself.
 */
export async function playGuarded(options: GuardedOptions): Promise<readonly string[]> {
  const { network, left, untilMs, say } = options;
  const broken: string[] = [];
  let size = batchSize;
  for (let unopened = 0; left.length > 0 && performance.now() < untilMs && unopened < 3; ) {
    try {
      await using stage = await Stage.open(network, 'berth');
      unopened = 0;
      broken.push(...(await playOn(stage, size, options)));
      size = 1;
    } catch (fault) {
      unopened += 1;
      say(`${network.name}: ${fault instanceof Error ? fault.message : fault}`);
    }
  }
  return broken;
}

/** Plays batches until one goes wrong. Gives the case if it was alone; of several each is left for a lab of its own. */
async function playOn(stage: Stage, size: number, options: GuardedOptions): Promise<readonly string[]> {
  const { network, left, untilMs, say } = options;
  while (left.length > 0 && performance.now() < untilMs) {
    const texts = left.splice(0, size);
    const wrong = await playBatch(stage, texts, options);
    if (wrong === undefined) continue;
    say(`${network.name} ${texts.join(' ')}, broken: ${wrong}`);
    if (texts.length === 1) return texts;
    left.unshift(...texts);
    break;
  }
  return [];
}

/** What kept the batch from being played; undefined when nothing did. */
async function playBatch(
  stage: Stage,
  texts: readonly string[],
  options: GuardedOptions,
): Promise<string | undefined> {
  const startMs = performance.now();
  const cases = texts.flatMap((text) => ['--fail', text]);
  const traces = options.hasTraces ? ['--trace'] : [];
  const { exitCode, stdout, stderr } = await stage.berthLater('drill', ...cases, ...traces, '-o', 'json');
  if (exitCode !== 0 && exitCode !== 1) return `exit code ${exitCode}: ${stderr.trim()}`;
  const { scenarios, kept } = JSON.parse(stdout) as Answer;
  // Where the base disagreed it comes first.
  const played = scenarios.slice(-texts.length);
  const tookMs = (performance.now() - startMs) / texts.length;
  const base = scenarios.length > texts.length ? (scenarios[0]?.flows ?? []) : [];
  if (base.length > 0) return `with nothing broken: ${base.map(lineOf).join('; ')}`;
  for (const [place, { flows }] of played.entries()) tell(texts[place] ?? '', flows, tookMs, options);
  if (kept !== null) keep(kept, texts, options);
  return undefined;
}

function tell(
  text: string,
  flows: readonly Flow[],
  tookMs: number,
  { network, commit, say, onResult, hasTraces }: GuardedOptions,
): void {
  const result: Result = {
    ...{ topology: network.name, text, commit, isLate: false, ...judged(flows) },
    ...(hasTraces && { opinion: 'both' as const }),
    doubted: flows.filter(({ trace }) => trace?.packets === 'disagree').map(doubtedLineOf),
    slow: flows.filter(({ slow }) => slow).map(slowLineOf),
    wrong: flows.filter(({ agrees }) => agrees === 'disagree').map(lineOf),
  };
  onResult(result);
  for (const line of linesOf(result, tookMs)) say(line);
}

/** Moves what the command kept to where the matrix keeps everything. */
function keep(kept: string, texts: readonly string[], { network, folder }: GuardedOptions): void {
  mkdirSync(folder, { recursive: true });
  const name = `${network.name} ${texts[0]} ${path.basename(kept)}`.replaceAll(/[^a-zA-Z0-9.:-]+/g, '_');
  renameSync(kept, path.join(folder, name));
}

function doubtedLineOf({ target, direction, observed, trace }: Flow): string {
  const place = (each: Place | null): string => `${each?.outcome} ${each?.berth ?? '-'}`;
  return `${direction} ${target}: packets ${place(observed)}, traces ${place(trace)} ${trace?.why}; to doubt: ${trace?.doubt}`;
}

function lineOf({ target, direction, predicted, observed }: Flow): string {
  const place = ({ outcome, berth }: Place): string => `${outcome} ${berth ?? '-'}`;
  return `${direction} ${target}: predicted ${place(predicted)}, observed ${place(observed)}, answerers [${observed.answerers.join(' ')}]`;
}

function slowLineOf({ target, direction, outage, observed }: Flow): string {
  return `${direction} ${target}: expected to be away for ${outage?.ms} ms, was for ${observed.outageMs} ms`;
}
