import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type Controller,
  detectionMs,
  type ExternalFlow,
  type Fabric,
  type FailureSet,
  namedSets,
  predictionAssumptions,
} from '@berth/core';
import {
  crossings,
  type DaemonStatus,
  Drill,
  type DrilledCase,
  type DrilledFlow,
  isContradicted,
  keepDatabases,
  type Lab,
  LabFault,
  type LabStatus,
  type SecondOpinion,
} from '@berth/lab';
import { type Analysis, openAnalysis } from '../context/analysis.ts';
import { CliFault } from '../context/cli-fault.ts';
import type { Invocation } from '../context/invocation.ts';
import { findPlace, requireLab } from '../context/place.ts';
import type { Terminal } from '../context/terminal.ts';
import { answer, jsonText } from '../output/answer.ts';
import { drillTable, drillTotals } from '../output/drill-text.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { sumsOf } from '../output/sums.ts';
import { named, verdictJson } from '../output/verdict-json.ts';
import type { DrillAnswer, DrilledFlowAnswer, TraceAnswer } from '../schema/drill.ts';
import { noTally, tallyOf } from './drill-tally.ts';
import { sequencesOf } from './whatif.ts';

/** From the claim of a gateway to its first announcement, and what a busy machine adds. */
const afterDetectionMs = 1_900;

/** A controller confirms a death by silence and by a question that is not answered. */
const controlledMs = 8_000;

type Scenario = DrillAnswer['scenarios'][number];

export async function run({ words, options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  if (options.fail !== undefined && (options.each !== undefined || options.pairs)) {
    throw new CliFault('usage', '--fail and --each or --pairs are two questions', 'give one of them');
  }
  const lab = requireLab(findPlace(options, environment));
  requireWhole(await lab.status());
  const read = () => openAnalysis({ ...options, lab: lab.name }, environment, signal);
  const analysis = await read();
  let latest = analysis;
  const readFabric = async () => {
    latest = await read();
    return latest.fabric;
  };
  const { fabric, flows } = analysis;
  const wanted =
    words.length > 0
      ? [...new Set(words.flatMap((word) => analysis.find(word, 'usage').flows))]
      : [...flows, ...crossings(flows, fabric, [...fabric.chassis.keys()])];
  const sequences = sequencesOf(options, fabric);
  const listsAll = options.fail !== undefined || words.length > 0 || options.all === true;
  const folder = new Kept(lab, analysis);
  const { fault, ...drilled } = await drillAll({
    lab,
    analysis,
    readFabric,
    controller: () => latest.controller,
    flows: wanted,
    sequences,
    folder,
    terminal,
    signal,
    listsAll,
    hasTraces: options.trace === true,
  });
  const told = answer('Drill', [], {
    assumptions: [...(fabric.dataPlane?.assumptions ?? []), ...predictionAssumptions(wanted)],
    ...drilled,
    kept: folder.path ?? null,
  }) satisfies DrillAnswer;
  if (options.output === 'json') terminal.out.write(jsonText(told));
  else print(told, terminal);
  // What was found until then is told first.
  if (fault !== undefined) throw fault;
  return told.summary.disagree + told.summary.doubted > 0 ? exitCodes.notFine : exitCodes.fine;
}

/** A drill heals what it broke, and with it whatever else is broken: that is for the user to do. Throws CliFault `cannot-tell`. */
export function requireWhole({ name, central, nodes, failures }: LabStatus): void {
  const downOf = (place: string, daemons: DaemonStatus): readonly string[] =>
    Object.entries(daemons)
      .filter(([, pid]) => pid === null)
      .map(([daemon]) => `${daemon} of ${place} is down`);
  // What was broken on purpose tells of the daemons that are down with it.
  const broken =
    failures.length > 0
      ? failures.map(String)
      : [...downOf('central', central), ...nodes.flatMap((node) => downOf(node.name, node.daemons))];
  if (broken.length === 0) return;
  throw new CliFault(
    'cannot-tell',
    `lab ${name} is broken already: ${broken.join(', ')}`,
    'heal it first: berth lab heal',
  );
}

type Asked = {
  readonly lab: Lab;
  readonly analysis: Analysis;
  readonly readFabric: () => Promise<Fabric>;
  readonly controller: () => Controller | undefined;
  readonly flows: readonly ExternalFlow[];
  readonly sequences: readonly (readonly FailureSet[])[];
  readonly folder: Kept;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Whether flows are listed that nothing happens to. */
  readonly listsAll: boolean;
  readonly hasTraces: boolean;
};

type Drilled = Pick<DrillAnswer, 'scenarios' | 'untried' | 'summary'> & {
  /** Why it ended before the last case was over. */
  readonly fault: LabFault | undefined;
};

/** Every case, one after the other, until the lab fails. Tells of each on standard error, by its own figures, when it is over. */
async function drillAll(asked: Asked): Promise<Drilled> {
  const { lab, analysis, flows, sequences, folder, terminal, signal, listsAll } = asked;
  const bfd = analysis.fabric.dataPlane?.tunnelBfd;
  await using drill = await Drill.open({
    ...{ lab, flows, signal, opinion: asked.hasTraces ? 'both' : 'packets' },
    readFabric: asked.readFabric,
    controller: asked.controller,
    settleMs: asked.controller() ? controlledMs : (bfd ? detectionMs(bfd) : 0) + afterDetectionMs,
    onObserved: (drilled) => folder.keep(drilled),
  });
  let summary = noTally;
  const scenarios: Scenario[] = [];
  const add = (drilled: DrilledCase): void => {
    summary = sumsOf(summary, tallyOf(drilled.flows));
    const sets = namedSets(drilled.failures, analysis.nodeName);
    const shown = listsAll ? drilled.flows : drilled.flows.filter(isNoticed);
    scenarios.push({
      failures: sets.flat(),
      ...(sets.length > 1 && { sequence: sets }),
      flows: shown.map((flow) => flowJson(flow, analysis)),
    });
  };
  const wrong = drill.base.flows.filter(isWrong);
  if (wrong.length > 0) {
    await folder.keep(drill.base);
    add({ ...drill.base, flows: wrong });
  }
  let fault: LabFault | undefined;
  try {
    for (const [at, failures] of sequences.entries()) {
      const drilled = await drill.run(failures);
      add(drilled);
      const sets = namedSets(failures, analysis.nodeName).map((set) => set.join(','));
      const place = `case ${at + 1} of ${sequences.length}`;
      terminal.err.write(`${place}, ${sets.join(';')}: ${drillTotals(tallyOf(drilled.flows))}\n`);
    }
    await drill.rest();
  } catch (cause) {
    if (!(cause instanceof LabFault)) throw cause;
    fault = cause;
  }
  const untried = drill.untried.map(({ flow: { target, direction }, why }) => ({ target, direction, why }));
  return { scenarios, untried, summary, fault };
}

/** Whether packets say something else than was predicted, or than traces do. */
function isWrong(flow: DrilledFlow): boolean {
  return flow.agrees === 'disagree' || isContradicted(flow);
}

function isNoticed(flow: DrilledFlow): boolean {
  const { verdict, agrees, isSlow } = flow;
  if (isContradicted(flow) || agrees !== 'agree' || isSlow) return true;
  return verdict.moved || verdict.before.outcome !== verdict.after.outcome;
}

function flowJson(
  { verdict, observed, agrees, isSlow, second }: DrilledFlow,
  analysis: Analysis,
): DrilledFlowAnswer {
  const { nodeName } = analysis;
  const told = verdictJson(verdict, analysis);
  return {
    ...told,
    source: verdict.flow.source?.target ?? null,
    predicted: told.after,
    observed: {
      outcome: observed.outcome === 'delivered' ? 'delivered' : 'lost',
      berth: named(observed.berth, nodeName),
      answerers: observed.answerers.map(nodeName),
      outageMs: observed.outageMs ?? null,
      sent: observed.sent,
      lost: observed.lost,
    },
    agrees,
    trace: second === undefined ? null : traceJson(second, analysis),
    slow: isSlow,
  };
}

function traceJson({ observed, agrees, packets, doubt }: SecondOpinion, { nodeName }: Analysis): TraceAnswer {
  const { outcome, why = '' } = observed;
  const answerers = observed.answerers.map(nodeName);
  return { outcome, berth: named(observed.berth, nodeName), answerers, why, agrees, packets, doubt };
}

function print({ scenarios, untried, kept, summary }: DrillAnswer, { out, err }: Terminal): void {
  for (const { failures, sequence, flows } of scenarios) {
    const text = (sequence ?? [failures]).map((set) => set.join(',')).join(';');
    out.write(`${out.style.strong(text === '' ? 'nothing broken' : text)}\n`);
    out.write(flows.length > 0 ? `${drillTable(flows, out.style)}\n` : 'nobody notices, as predicted\n\n');
  }
  out.write(`${drillTotals(summary)}\n`);
  for (const { target, direction, why } of untried) err.write(`not tried: ${target} ${direction}: ${why}\n`);
  if (kept !== null) err.write(`what it takes to look into it is in ${kept}\n`);
}

/** A folder for what disagrees. It is made when something does. */
class Kept {
  readonly #lab: Lab;
  readonly #analysis: Analysis;
  #cases = 0;
  path: string | undefined;

  constructor(lab: Lab, analysis: Analysis) {
    this.#lab = lab;
    this.#analysis = analysis;
  }

  keep(drilled: DrilledCase): void {
    const wrong = drilled.flows.filter(isWrong);
    if (wrong.length === 0) return;
    this.path ??= mkdtempSync(path.join(tmpdir(), 'berth-drill-'));
    this.#cases += 1;
    const folder = path.join(this.path, String(this.#cases));
    keepDatabases(this.#lab, folder, '');
    const failures = namedSets(drilled.failures, this.#analysis.nodeName);
    const flows = wrong.map((flow) => flowJson(flow, this.#analysis));
    writeFileSync(path.join(folder, 'case.json'), jsonText({ failures, flows }));
  }
}
