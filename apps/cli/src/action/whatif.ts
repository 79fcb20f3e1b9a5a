import {
  type ExternalFlow,
  enumerable,
  type Fabric,
  type FailureSet,
  isEnumerable,
  namedSets,
  type Scenario,
  singleFailures,
} from '@berth/core';
import { type Analysis, openAnalysis, requireFailures } from '../context/analysis.ts';
import { CliFault } from '../context/cli-fault.ts';
import type { Invocation } from '../context/invocation.ts';
import type { Terminal } from '../context/terminal.ts';
import { answer } from '../output/answer.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { verdictJson } from '../output/verdict-json.ts';
import {
  type ScenarioLine,
  scenarioLine,
  scenarioTable,
  singlePoints,
  verdictTable,
} from '../output/whatif-text.ts';
import { addVerdicts, isNoticed, noTotals, totalsText } from '../output/whatif-totals.ts';
import { wrap } from '../output/wrap.ts';
import type { WhatIfAnswer } from '../schema/whatif.ts';
import type { Options } from '../tree/options.ts';

export async function run({ words, options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  if (options.fail !== undefined && (options.each !== undefined || options.pairs)) {
    throw new CliFault('usage', '--fail and --each or --pairs are two questions', 'give one of them');
  }
  const analysis = await openAnalysis(options, environment, signal);
  const flows = wantedFlows(words, analysis);
  const sequences = sequencesOf(options, analysis.fabric);
  const listsAll = options.fail !== undefined || words.length > 0 || options.all === true;
  const asked = { analysis, flows, sequences, listsAll, signal };
  return options.output === 'json' ? writeJson(asked, terminal) : writeText(asked, options, terminal);
}

type Asked = {
  readonly analysis: Analysis;
  readonly flows: readonly ExternalFlow[];
  readonly sequences: readonly (readonly FailureSet[])[];
  /** Whether flows are listed that nothing happens to. */
  readonly listsAll: boolean;
  readonly signal: AbortSignal;
};

/** The flows of all targets, each once; all there are without a target. */
function wantedFlows(words: readonly string[], { find, flows }: Analysis): readonly ExternalFlow[] {
  if (words.length === 0) return flows;
  return [...new Set(words.flatMap((word) => find(word, 'usage').flows))];
}

/** What is to be tried: `--fail` as it is, else everything of the kinds of `--each`, and with `--pairs` any two. */
export function sequencesOf(
  { fail, each = ['host'], pairs }: Pick<Options, 'fail' | 'each' | 'pairs'>,
  fabric: Fabric,
): readonly (readonly FailureSet[])[] {
  if (fail !== undefined) return [requireFailures(fail, fabric)];
  const kinds = each.map((word) => {
    if (isEnumerable(word)) return word;
    throw new CliFault(
      'usage',
      `"${word}" cannot be broken one by one`,
      `--each takes ${enumerable.join(', ')}`,
    );
  });
  const singles = singleFailures([...new Set(kinds)], fabric);
  const two = pairs ? singles.flatMap((one, at) => singles.slice(at + 1).map((other) => [one, other])) : [];
  return [...singles.map((one) => [[one]]), ...two.map((set) => [set])];
}

/** The scenarios one by one: together they may be larger than memory. Throws the signal's reason. */
function* scenariosOf({ analysis, flows, sequences, signal }: Asked): Generator<Scenario> {
  for (const sequence of sequences) {
    signal.throwIfAborted();
    yield analysis.predict(sequence, flows);
  }
}

function writeText(asked: Asked, options: Options, { out, err }: Terminal): ExitCode {
  const { analysis, sequences, listsAll } = asked;
  const { nodeName, fabric } = analysis;
  const lines: ScenarioLine[] = [];
  let totals = noTotals;
  for (const { failures, verdicts } of scenariosOf(asked)) {
    totals = addVerdicts(totals, verdicts);
    const text = sequenceText(namedSets(failures, nodeName));
    if (sequences.length === 1) {
      const shown = listsAll ? verdicts : verdicts.filter(isNoticed);
      out.write(`${out.style.strong(text)}\n${verdictTable(shown, nodeName, out.style)}\n`);
    }
    const line = scenarioLine(text, verdicts);
    if (line) lines.push(line);
  }
  if (sequences.length !== 1) {
    const points = singlePoints(lines);
    const names = points.map(({ failures, lost }) => `${failures} (${lost.length})`).join(', ') || 'none';
    if (lines.length > 0) out.write(`${scenarioTable(lines, options.output === 'wide', out.style)}\n`);
    out.write(wrap(`single points of failure, with the targets each takes: ${names}`, '', out.columns));
  }
  out.write(`${totalsText(totals, sequences.length)}\n`);
  for (const each of fabric.dataPlane?.assumptions ?? [])
    err.write(wrap(`assumed: ${each}`, '', err.columns));
  return totals.lost > 0 ? exitCodes.notFine : exitCodes.fine;
}

function sequenceText(sets: readonly (readonly string[])[]): string {
  return sets.map((set) => set.join(',')).join(';');
}

/** Writes the answer scenario by scenario, as `JSON.stringify` would write the whole. */
function writeJson(asked: Asked, { out }: Terminal): ExitCode {
  const { analysis, listsAll } = asked;
  const { nodeName, fabric } = analysis;
  const head = answer('WhatIf', [], { assumptions: fabric.dataPlane?.assumptions ?? [] });
  out.write(`${JSON.stringify(head, null, 2).slice(0, -2)},\n  "scenarios": [`);
  let totals = noTotals;
  let separator = '\n';
  for (const { failures, verdicts } of scenariosOf(asked)) {
    totals = addVerdicts(totals, verdicts);
    const sets = namedSets(failures, nodeName);
    const shown = listsAll ? verdicts : verdicts.filter(isNoticed);
    const scenario: WhatIfAnswer['scenarios'][number] = {
      failures: sets.flat(),
      ...(sets.length > 1 && { sequence: sets }),
      flows: shown.map((verdict) => verdictJson(verdict, analysis)),
    };
    out.write(`${separator}${indented(scenario, '    ')}`);
    separator = ',\n';
  }
  out.write(`\n  ],\n  "summary": ${indented(totals, '  ').trimStart()}\n}\n`);
  return totals.lost > 0 ? exitCodes.notFine : exitCodes.fine;
}

function indented(value: object, indent: string): string {
  return JSON.stringify(value, null, 2).replace(/^/gm, indent);
}
