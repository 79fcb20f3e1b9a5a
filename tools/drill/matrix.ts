import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  Drill,
  type DrilledCase,
  type DrilledFlow,
  isContradicted,
  keepDatabases,
  type Lab,
  type Opinion,
} from '@berth/lab';
import { setsOf } from './cases.ts';
import { keepDataPlanes } from './keep-data-planes.ts';
import { readStage } from './read.ts';
import { judged, linesOf, type Result } from './results.ts';
import { raise } from './stage.ts';
import type { Topology } from './topology.ts';

export type MatrixOptions = {
  readonly topology: Topology;
  readonly labName: string;
  /** Written failures, shared by all that play this topology: each takes the next. */
  readonly left: string[];
  /** Where disagreements are kept. */
  readonly folder: string;
  readonly commit: string;
  /** Decides which conversations between workloads a lab tries. */
  readonly random: () => number;
  /** Who is asked what becomes of flows. */
  readonly opinion: Opinion;
  /** When to stop, by `performance.now()`. */
  readonly untilMs: number;
  readonly say: (line: string) => void;
  readonly onResult: (result: Result) => void;
  readonly signal?: AbortSignal;
};

/** From BFD's detection on the stage to the claim, and a little; what is asked of switches needs no announcement. */
const claimedMs = 1_400;

/** From BFD's detection on the stage to the first announcement, and a little. */
const announcedMs = 2_400;

/**
 * Plays cases on a lab of the topology, on a fresh one after the lab would not heal. Gives the cases that could not be tried
 * because twice a lab did not come to rest before or in them.
 */
export async function playMatrix(options: MatrixOptions): Promise<readonly string[]> {
  const { topology, left, untilMs, say } = options;
  const broken: string[] = [];
  const stuck = new Set<string>();
  for (let attempt = 0; left.length > 0 && performance.now() < untilMs; attempt += 1) {
    let current = '';
    try {
      await using lab = await raise(topology, `${options.labName}-${attempt}`);
      await playOn(lab, options, (text) => {
        current = text;
      });
    } catch (fault) {
      options.signal?.throwIfAborted();
      say(
        `${topology.name} before or in ${current}, broken: ${fault instanceof Error ? fault.message : fault}`,
      );
      if (current === '' && attempt < 3) continue;
      // Most often it is what the case before left behind; the second time it is the case itself.
      if (current === '' || stuck.has(current)) broken.push(current || (left.shift() ?? ''));
      else left.unshift(current);
      stuck.add(current);
    }
  }
  return broken;
}

async function playOn(lab: Lab, options: MatrixOptions, onTurn: (text: string) => void): Promise<void> {
  const { topology, left, untilMs, say, signal, random, opinion } = options;
  const { flows } = await settled(lab, topology, random);
  let current = 'nothing';
  await using drill = await Drill.open({
    ...{ lab, flows, opinion, settleMs: opinion === 'trace' ? claimedMs : announcedMs },
    readFabric: async () => (await readStage(lab, topology, random)).fabric,
    ...(signal && { signal }),
    onObserved: (drilled) => keep(lab, options, current, drilled),
  });
  for (const { flow, why } of drill.untried)
    say(`${topology.name} untried: ${flow.target} ${flow.direction}: ${why}`);
  record(drill.base, 'nothing', options);
  while (performance.now() < untilMs) {
    const text = left.shift();
    if (text === undefined) break;
    current = text;
    onTurn(text);
    const startMs = performance.now();
    const drilled = await drill.run(setsOf(text, topology));
    record(drilled, text, options, performance.now() - startMs);
  }
}

/** Flows are read once every port is claimed and every gateway has its witnesses, where a workload is on a node that can be one. */
async function settled(lab: Lab, topology: Topology, random: () => number) {
  const hasWitness = topology.podNodes.some((node) => !topology.gateways.includes(node));
  for (let tries = 0; ; tries += 1) {
    const stage = await readStage(lab, topology, random);
    const groups = [...(stage.fabric.dataPlane?.groups.values() ?? [])];
    const claims = [...stage.fabric.claims.keys()].filter((port) => port.startsWith('cr-')).length;
    const witnessed =
      !hasWitness || groups.every(({ members, witnesses }) => members.length < 2 || witnesses.size > 0);
    if ((claims === topology.vpcs && witnessed) || tries > 240) return stage;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function record(
  { flows, isLate, isStale }: DrilledCase,
  text: string,
  { topology, commit, say, onResult, opinion }: MatrixOptions,
  tookMs = 0,
): void {
  const result: Result = {
    ...{ topology: topology.name, text, commit, isLate, isStale, ...judged(flows) },
    ...(opinion !== 'packets' && { opinion }),
    doubted: flows.filter(isContradicted).map(secondLineOf),
    slow: flows.filter(({ isSlow }) => isSlow).map(slowLineOf),
    wrong: flows.filter(({ agrees }) => agrees === 'disagree').map(lineOf),
  };
  onResult(result);
  for (const line of linesOf(result, tookMs)) say(line);
}

/** Keeps what is needed to look into a disagreement, while it still is one. */
async function keep(
  lab: Lab,
  { topology, folder }: MatrixOptions,
  text: string,
  drilled: DrilledCase,
): Promise<void> {
  const wrong = drilled.flows.filter((flow) => flow.agrees === 'disagree' || isContradicted(flow));
  if (wrong.length === 0) return;
  const place = path.join(folder, `${topology.name} ${text}`.replaceAll(/[^a-z0-9.:-]+/g, '_'));
  mkdirSync(place, { recursive: true });
  keepDatabases(lab, place, '');
  writeFileSync(
    path.join(place, 'flows.txt'),
    wrong.map((each) => `${lineOf(each)}\n  ${secondLineOf(each)}\n`).join(''),
  );
  await keepDataPlanes(lab, place);
}

/** A flow with what was predicted and what was seen, on a line. */
export function lineOf({ trial, verdict, observed }: DrilledFlow): string {
  const { after } = verdict;
  const why = observed.why === undefined || observed.why === '' ? '' : ` (${observed.why})`;
  const berth = after.berth ?? (after.conflict.length > 0 ? after.conflict.join('+') : '-');
  return `${nameOf(trial)}: predicted ${after.outcome} ${berth} ${after.reason ?? ''}, observed ${observed.outcome} ${observed.berth ?? '-'}, answerers [${observed.answerers.join(' ')}]${why}`;
}

/** What packets and traces said of a flow, on a line. */
function secondLineOf({ trial, observed, second }: DrilledFlow): string {
  const told = (each: DrilledFlow['observed']): string =>
    `${each.outcome} ${each.berth ?? '-'} [${each.answerers.join(' ')}]`;
  if (second === undefined) return `${nameOf(trial)}: no traces`;
  const { observed: traced, doubt } = second;
  return `${nameOf(trial)}: packets ${told(observed)}, traces ${told(traced)} ${traced.why ?? ''}; to doubt: ${doubt}`;
}

function slowLineOf({ trial, verdict, observed }: DrilledFlow): string {
  return `${nameOf(trial)}: expected to be away for ${verdict.outage?.ms} ms, was for ${observed.outageMs} ms`;
}

function nameOf({ flow, probe }: DrilledFlow['trial']): string {
  const to = `${probe.from} -> ${probe.to}${probe.port === undefined ? '' : `:${probe.port}`}`;
  return `${flow.direction} ${flow.kind} ${flow.placement} ${to}`;
}
