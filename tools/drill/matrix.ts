import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Drill, type DrilledCase, type DrilledFlow, keepDatabases, type Lab } from '@berth/lab';
import { setsOf } from './cases.ts';
import { readStage } from './read.ts';
import { raise } from './stage.ts';
import type { Topology } from './topology.ts';

/** How many flows of how many cases agreed. */
export type Tally = {
  cases: number;
  flows: number;
  agree: number;
  disagree: number;
  unknown: number;
  conflict: number;
  slow: number;
  /** Cases that could not be tried because the lab did not come to rest. */
  broken: number;
};

export const emptyTally = (): Tally => ({
  ...{ cases: 0, flows: 0, agree: 0, disagree: 0, unknown: 0, conflict: 0, slow: 0, broken: 0 },
});

export type MatrixOptions = {
  readonly topology: Topology;
  readonly labName: string;
  /** Written failures. */
  readonly cases: readonly string[];
  /** Where disagreements are kept. */
  readonly folder: string;
  /** When to stop, by `performance.now()`. */
  readonly untilMs: number;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
};

/** Plays cases on a lab of the topology, on a fresh one after the lab would not heal. Gives what came of them. */
export async function playMatrix(options: MatrixOptions): Promise<Tally> {
  const { topology, cases, untilMs, say } = options;
  const tally = emptyTally();
  const left = [...cases];
  let stuckAt: string | undefined;
  for (let attempt = 0; left.length > 0 && performance.now() < untilMs; attempt += 1) {
    await using lab = await raise(topology, `${options.labName}-${attempt}`);
    try {
      await playOn(lab, options, left, tally);
    } catch (fault) {
      options.signal?.throwIfAborted();
      tally.broken += 1;
      const [next = ''] = left;
      // Most often it is what the case before left behind; the second time it is the case itself.
      if (next === stuckAt) left.shift();
      stuckAt = next;
      say(`${topology.name} before or in ${next}, broken: ${fault instanceof Error ? fault.message : fault}`);
    }
  }
  return tally;
}

async function playOn(lab: Lab, options: MatrixOptions, left: string[], tally: Tally): Promise<void> {
  const { topology, untilMs, say, signal } = options;
  const { flows } = await settled(lab, topology);
  await using drill = await Drill.open({
    ...{ lab, flows, settleMs: 2_800 },
    readFabric: async () => (await readStage(lab, topology)).fabric,
    ...(signal && { signal }),
    onObserved: (drilled) => keep(lab, options, left[0] ?? '', drilled),
  });
  for (const { flow, why } of drill.untried)
    say(`${topology.name} untried: ${flow.target} ${flow.direction}: ${why}`);
  record(tally, drill.base, 'nothing', options);
  while (left.length > 0 && performance.now() < untilMs) {
    const startMs = performance.now();
    const text = left[0] ?? '';
    const drilled = await drill.run(setsOf(text, topology));
    left.shift();
    record(tally, drilled, text, options, performance.now() - startMs);
  }
}

/** Flows are read once every port is claimed and every gateway has its witnesses. */
async function settled(lab: Lab, topology: Topology) {
  for (let tries = 0; ; tries += 1) {
    const stage = await readStage(lab, topology);
    const groups = [...(stage.fabric.dataPlane?.groups.values() ?? [])];
    const claims = [...stage.fabric.claims.keys()].filter((port) => port.startsWith('cr-')).length;
    const witnessed = groups.every(({ members, witnesses }) => members.length < 2 || witnesses.size > 0);
    if ((claims === topology.vpcs && witnessed) || tries > 40) return stage;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function record(
  tally: Tally,
  drilled: DrilledCase,
  text: string,
  { topology, say, folder }: MatrixOptions,
  tookMs = 0,
): void {
  const count = (wanted: string): number => drilled.flows.filter(({ agrees }) => agrees === wanted).length;
  tally.cases += 1;
  tally.flows += drilled.flows.length;
  tally.agree += count('agree');
  tally.disagree += count('disagree');
  tally.unknown += count('unknown');
  tally.conflict += count('conflict');
  if (drilled.isSlow && count('disagree') === 0) tally.slow += 1;
  say(
    `${topology.name} ${text}: ${count('agree')} agree, ${count('disagree')} disagree, ${count('unknown')} unknown, ${count('conflict')} conflict${drilled.isSlow ? ' (slow)' : ''} ${(tookMs / 1000).toFixed(1)} s`,
  );
  const wrong = drilled.flows.filter(({ agrees }) => agrees === 'disagree');
  mkdirSync(folder, { recursive: true });
  for (const line of wrong.map(lineOf))
    appendFileSync(path.join(folder, 'disagreements.txt'), `${topology.name} ${text}: ${line}\n`);
}

/** Keeps what is needed to look into a disagreement, while it still is one. */
function keep(lab: Lab, { topology, folder }: MatrixOptions, text: string, drilled: DrilledCase): void {
  const wrong = drilled.flows.filter(({ agrees }) => agrees === 'disagree');
  if (wrong.length === 0) return;
  const place = path.join(folder, `${topology.name} ${text}`.replaceAll(/[^a-z0-9.:-]+/g, '_'));
  keepDatabases(lab, place, '');
  writeFileSync(path.join(place, 'flows.txt'), wrong.map((each) => `${lineOf(each)}\n`).join(''));
}

/** A flow with what was predicted and what was seen, on a line. */
export function lineOf({ trial, verdict, observed }: DrilledFlow): string {
  const { flow, probe } = trial;
  const { after } = verdict;
  const to = `${probe.from} -> ${probe.to}${probe.port === undefined ? '' : `:${probe.port}`}`;
  return `${flow.direction} ${flow.kind} ${flow.placement} ${to}: predicted ${after.outcome} ${after.berth ?? '-'} ${after.reason ?? ''}, observed ${observed.outcome} ${observed.berth ?? '-'}, answerers [${observed.answerers.join(' ')}]`;
}
