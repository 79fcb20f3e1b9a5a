import { nearest } from '@berth/api';
import {
  assumptionsOf,
  type ExternalFlow,
  enumerable,
  type Fabric,
  type Failure,
  type FailureSet,
  type Finding,
  isEnumerable,
  namedSets,
  predictionAssumptions,
  singleFailures,
  withoutDarkHairpins,
} from '@berth/core';
import { type Analysis, type Found, openAnalysis, requireFailures } from '../context/analysis.ts';
import { CliFault } from '../context/cli-fault.ts';
import type { Invocation } from '../context/invocation.ts';
import type { Screen, Terminal } from '../context/terminal.ts';
import { answer } from '../output/answer.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { findingIdentity, findingLines } from '../output/findings.ts';
import { findingsAbout } from '../output/related-findings.ts';
import { verdictJson } from '../output/verdict-json.ts';
import {
  hiddenText,
  pointsText,
  type ScenarioLine,
  scenarioLine,
  scenarioTable,
  tellingLines,
  verdictTable,
} from '../output/whatif-text.ts';
import { addTotals, noTotals, totalsText } from '../output/whatif-totals.ts';
import { wrap } from '../output/wrap.ts';
import type { Totals, WhatIfAnswer } from '../schema/whatif.ts';
import type { Options } from '../tree/options.ts';
import { areSwept, eachTry, sweptTries, type Try } from './whatif-tries.ts';

export async function run({ words, options, environment, terminal, signal }: Invocation): Promise<ExitCode> {
  if (options.fail !== undefined && (options.each !== undefined || options.pairs)) {
    throw new CliFault('usage', '--fail and --each or --pairs are two questions', 'give one of them');
  }
  const analysis = await openAnalysis(options, environment, signal);
  const found = words.map((word) => analysis.find(word, 'usage'));
  const wanted = wantedFlows(found, options, analysis);
  // No packet is of what no workload uses, so no failure takes any.
  const flows = wanted.filter(({ idle }) => idle === undefined);
  const listsAll = options.fail !== undefined || words.length > 0 || options.all === true;
  const notes = [...notesOn(flows, analysis), ...errorsOf(found, flows, analysis)];
  const assumptions = [
    ...assumedIn(options, analysis.fabric),
    ...predictionAssumptions(flows),
    ...(words.length > 0 ? idleAssumptions(wanted) : []),
  ];
  const tries = triesOf(options, analysis, flows, listsAll);
  const listed = options.all ? [...new Set(flows.map(({ target }) => target))] : [];
  const asked = { analysis, notes, assumptions, tries, listed, signal };
  return options.output === 'json'
    ? writeJson(asked, options, terminal)
    : writeText(asked, options, terminal);
}

type Asked = {
  readonly analysis: Analysis;
  /** What a reader should know of the flows that are asked about. */
  readonly notes: readonly Finding[];
  /** What the answers take for granted. */
  readonly assumptions: readonly string[];
  /** One after the other: together they may be larger than memory. */
  readonly tries: Iterable<Try>;
  /** The targets that each scenario lists, also where nothing happens to them. */
  readonly listed: readonly string[];
  readonly signal: AbortSignal;
};

/** That nobody begins to use what no workload uses now. */
function idleAssumptions(flows: readonly ExternalFlow[]): readonly string[] {
  return flows.flatMap(({ target, idle }) =>
    idle === undefined ? [] : [`nothing of ${target} can be lost: ${idle}`],
  );
}

/** What is to be tried. Where only what is noticed is listed, in classes of flows. */
function triesOf(
  options: Options,
  analysis: Analysis,
  flows: readonly ExternalFlow[],
  listsAll: boolean,
): Iterable<Try> {
  const { fail, each = ['host'], pairs = false, strict } = options;
  if (fail === undefined && !listsAll && !strict && !analysis.controller && areSwept(each))
    return sweptTries(analysis, flows, each, pairs);
  return eachTry(analysis, flows, sequencesOf(options, analysis.fabric), listsAll);
}

/** A cordoned gateway concerns what passes the gateways of its VPCs; the rest concerns everything. */
function notesOn(flows: readonly ExternalFlow[], { notes }: Analysis): readonly Finding[] {
  const routers = new Set(
    flows.flatMap(({ placement, router }) => (placement === 'centralized' ? [router] : [])),
  );
  return notes.filter(
    ({ code, related }) => code !== 'gateway-cordoned' || related.some(({ name }) => routers.has(name)),
  );
}

/** What is wrong by now with what is asked about, beside the notes: a verdict is no better than what it starts from. */
function errorsOf(
  found: readonly Found[],
  flows: readonly ExternalFlow[],
  analysis: Analysis,
): readonly Finding[] {
  const known = new Set(analysis.notes.map(findingIdentity));
  const errors = analysis
    .audit()
    .filter((each) => each.severity === 'error' && !known.has(findingIdentity(each)));
  if (errors.length === 0) return [];
  const chassis = found.flatMap((each) => each.chassis ?? []);
  return findingsAbout(flows, chassis, errors, analysis);
}

/**
 * The flows of all targets, each once; of a node those that live on it; all there are without a target. With `--fail` and a
 * target all are listed.
 */
function wantedFlows(
  found: readonly Found[],
  { fail }: Options,
  { flows, predict, fabric }: Analysis,
): readonly ExternalFlow[] {
  // Their own hairpin still works where nobody else gets through: no more can be lost of them.
  if (found.length === 0) return withoutDarkHairpins(fabric, flows);
  const all = found.flatMap(({ flows: some, chassis }) => {
    if (chassis === undefined) return some;
    return predict([], some).verdicts.flatMap(({ flow, before }) => (before.berth === chassis ? [flow] : []));
  });
  const wanted = [...new Set(all)];
  return fail === undefined ? withoutDarkHairpins(fabric, wanted) : wanted;
}

/** What is to be tried: each `--fail` as it is, else everything of the kinds of `--each`, and with `--pairs` any two. */
export function sequencesOf(
  { fail, each = ['host'], pairs }: Pick<Options, 'fail' | 'each' | 'pairs'>,
  fabric: Fabric,
): readonly (readonly FailureSet[])[] {
  if (fail !== undefined) return fail.map((text) => requireFailures(text, fabric));
  const kinds = each.map((word) => {
    if (isEnumerable(word)) return word;
    const near = nearest(word, enumerable);
    const meant = near === undefined ? '' : `did you mean ${near}? `;
    throw new CliFault(
      'usage',
      `"${word}" cannot be broken one by one`,
      `${meant}--each takes ${enumerable.join(', ')}`,
    );
  });
  const singles = singleFailures([...new Set(kinds)], fabric);
  const two = pairs ? singles.flatMap((one, at) => singles.slice(at + 1).map((other) => [one, other])) : [];
  return [...singles.map((one) => [[one]]), ...two.map((set) => [set])];
}

function writeText(
  { analysis, notes, assumptions, tries, listed, signal }: Asked,
  options: Options,
  { out, err }: Terminal,
): ExitCode {
  const { nodeName } = analysis;
  const lines: ScenarioLine[] = [];
  let totals = noTotals;
  let count = 0;
  for (const { failures, totals: own, touched, broken, verdicts } of tries) {
    signal.throwIfAborted();
    count += 1;
    totals = addTotals(totals, own);
    const sets = namedSets(failures, nodeName);
    if (options.fail !== undefined) {
      const text = sets.map((set) => set.join()).join(';');
      out.write(`${out.style.strong(text)}\n${verdictTable(verdicts(), nodeName, out.style)}\n`);
    } else {
      const line = scenarioLine(sets.flat(), touched(), {
        listed,
        broken: listed.length > 0 ? broken() : [],
      });
      if (line) lines.push(line);
    }
  }
  if (options.fail === undefined) writeLines(lines, { totals, count }, options, out);
  out.write(`${totalsText(totals, count)}\n`);
  err.write(findingLines(notes.slice(0, told), err));
  if (notes.length > told) err.write(`and ${notes.length - told} more: berth audit lists them\n`);
  for (const each of assumptions) err.write(wrap(`assumed: ${each}`, '', err.columns));
  return exitCodeOf(totals, count, options);
}

/** How many findings are told: more would hide the answer. */
const told = 15;

function assumedIn({ fail, each = ['host'] }: Options, fabric: Fabric): readonly string[] {
  const kinds =
    fail === undefined
      ? each.filter(isEnumerable)
      : fail.flatMap((text) => kindsIn(requireFailures(text, fabric)));
  return assumptionsOf(fabric, new Set(kinds));
}

function kindsIn(sets: readonly FailureSet[]): readonly Failure['kind'][] {
  return sets.flat().map(({ kind }) => kind);
}

/** What cannot be told is not fine: two answerers, a workload nobody knows, or everything where nothing may be assumed. */
function exitCodeOf(totals: Totals, count: number, { strict }: Options): ExitCode {
  if (totals.lost > 0) return exitCodes.notFine;
  const unsure = totals.unknown > 0 || (strict && totals.delivered < totals.flows * count);
  return unsure ? exitCodes.cannotTell : exitCodes.fine;
}

/** A table of the scenarios that tell something, and what is a single point of failure. */
function writeLines(
  lines: readonly ScenarioLine[],
  { totals, count }: { readonly totals: Totals; readonly count: number },
  { all: listsAll = false, output }: Options,
  out: Screen,
): void {
  const shown = listsAll ? lines : tellingLines(lines);
  const isWide = output === 'wide';
  if (shown.length > 0) out.write(`${scenarioTable(shown, { isWide, listsAll }, out.style)}\n`);
  const hidden = hiddenText(lines, shown);
  if (hidden !== undefined) out.write(wrap(hidden, '', out.columns));
  out.write(wrap(pointsText(lines, totals, count), '', out.columns));
}

/** Writes the answer scenario by scenario, as `JSON.stringify` would write the whole. */
function writeJson(
  { analysis, notes, assumptions, tries, signal }: Asked,
  options: Options,
  { out }: Terminal,
): ExitCode {
  const { nodeName } = analysis;
  const head = answer('WhatIf', notes, { assumptions });
  out.write(`${JSON.stringify(head, null, 2).slice(0, -2)},\n  "scenarios": [`);
  let totals = noTotals;
  let separator = '\n';
  let count = 0;
  for (const { failures, totals: own, verdicts } of tries) {
    signal.throwIfAborted();
    count += 1;
    totals = addTotals(totals, own);
    const sets = namedSets(failures, nodeName);
    const scenario: WhatIfAnswer['scenarios'][number] = {
      failures: sets.flat(),
      ...(sets.length > 1 && { sequence: sets }),
      flows: verdicts().map((verdict) => verdictJson(verdict, analysis)),
    };
    out.write(`${separator}${indented(scenario, '    ')}`);
    separator = ',\n';
  }
  out.write(`\n  ],\n  "summary": ${indented(totals, '  ').trimStart()}\n}\n`);
  return exitCodeOf(totals, count, options);
}

function indented(value: object, indent: string): string {
  return JSON.stringify(value, null, 2).replace(/^/gm, indent);
}
