import type { ExternalFlow, NodeName, Verdict } from '@berth/core';
import type { Totals } from '../schema/whatif.ts';
import { plural } from './findings.ts';
import type { Style } from './style.ts';
import { none, table } from './table.ts';
import { countedAs, type Touched } from './whatif-totals.ts';

/** Every flow of a scenario: before, after, and why. */
export function verdictTable(verdicts: readonly Verdict[], nodeName: NodeName, style: Style): string {
  if (verdicts.length === 0) return `${nothingText}\n`;
  const rows = verdicts.map((verdict) => [
    verdict.flow.target,
    verdict.flow.direction,
    externalText(verdict.flow),
    placementText(verdict),
    stateText(verdict.before, nodeName),
    afterText(verdict, nodeName, style),
    outageText(verdict),
    verdict.why,
  ]);
  return table(['target', 'direction', 'address', 'placement', 'before', 'after', 'outage', 'why'], rows);
}

function placementText({ flow, placementAfter }: Verdict): string {
  return placementAfter === undefined ? flow.placement : `${flow.placement} -> ${placementAfter}`;
}

/** `10.9.101.9`, with the port where one is forwarded. */
function externalText({ externalIp, externalPort }: ExternalFlow): string {
  if (externalIp === undefined) return none;
  return externalPort === undefined
    ? externalIp
    : `${externalIp} ${externalPort.protocol}/${externalPort.port}`;
}

function stateText({ outcome, berth, conflict }: Verdict['before'], nodeName: NodeName): string {
  if (conflict.length > 0) return `unknown (${conflict.map(nodeName).join(' or ')})`;
  return outcome === 'delivered' && berth !== undefined ? nodeName(berth) : outcome;
}

function afterText(verdict: Verdict, nodeName: NodeName, style: Style): string {
  const text = endText(verdict, nodeName);
  if (verdict.after.outcome === 'lost') return style.bad(text);
  if (verdict.after.outcome === 'unknown') return style.doubtful(text);
  return verdict.moved ? style.changed(text) : style.good(text);
}

/** What becomes of it, and beside it as what the totals count it where that is something else. */
function endText(verdict: Verdict, nodeName: NodeName): string {
  const text = stateText(verdict.after, nodeName);
  const counted = countedAs(verdict);
  if (counted === verdict.after.outcome) return text;
  return `${text} (${counted === 'unknown' ? 'unknown' : 'broken'} before)`;
}

function outageText({ outage }: Verdict): string {
  return outage === undefined ? none : `${(outage.ms / 1000).toFixed(1)}s`;
}

/** What one scenario of many does, in a line: the targets it touches. */
export type ScenarioLine = {
  readonly failures: readonly string[];
  readonly lost: readonly string[];
  readonly moved: readonly string[];
  readonly unknown: readonly string[];
  /** Of those that are to be listed, the targets that do not work anyway, and those that nothing happens to. */
  readonly broken: readonly string[];
  readonly untouched: readonly string[];
};

/**
 * The targets a scenario touches, and the rest of those that are `listed` anyway, with those of them apart that have `broken` flows;
 * undefined when there are neither.
 */
export function scenarioLine(
  failures: readonly string[],
  touched: readonly Touched[],
  { listed, broken }: { readonly listed: readonly string[]; readonly broken: readonly ExternalFlow[] },
): ScenarioLine | undefined {
  if (touched.length === 0 && listed.length === 0) return undefined;
  const noticing = new Set(touched.map(({ flow }) => flow.target));
  const dark = new Set(broken.map(({ target }) => target));
  const targets = (effect: Touched['effect']): readonly string[] => [
    ...new Set(touched.flatMap((each) => (each.effect === effect ? [each.flow.target] : []))),
  ];
  const rest = listed.filter((target) => !noticing.has(target));
  return {
    failures,
    lost: targets('lost'),
    moved: targets('moved'),
    unknown: targets('unknown'),
    broken: rest.filter((target) => dark.has(target)),
    untouched: rest.filter((target) => !dark.has(target)),
  };
}

/**
 * The lines of single failures, and of those of two that lose something which neither of the two loses alone: what comes with
 * each of the two is told already.
 */
export function tellingLines(lines: readonly ScenarioLine[]): readonly ScenarioLine[] {
  const alone = new Map(
    lines.flatMap(({ failures, lost }) => (failures.length === 1 ? [[failures.join(), new Set(lost)]] : [])),
  );
  return lines.flatMap((line) => {
    if (line.failures.length === 1) return [line];
    const lost = line.lost.filter(
      (target) => !line.failures.some((failure) => alone.get(failure)?.has(target)),
    );
    return lost.length === 0 ? [] : [{ ...line, lost, moved: [], unknown: [] }];
  });
}

/** What {@link tellingLines} leaves out, in a sentence; undefined for nothing. */
export function hiddenText(
  lines: readonly ScenarioLine[],
  shown: readonly ScenarioLine[],
): string | undefined {
  const hidden = lines.length - shown.length;
  if (hidden <= 0) return undefined;
  return `${plural(hidden, 'pair')} not listed: what ${hidden === 1 ? 'it does' : 'they do'} comes with one of the two alone; --all lists them`;
}

/** A line for each scenario, with the first targets of each sort; with those that nothing happens to where all are listed. */
export function scenarioTable(
  lines: readonly ScenarioLine[],
  { isWide, listsAll }: { readonly isWide: boolean; readonly listsAll: boolean },
  style: Style,
): string {
  const rest = listsAll ? ['broken-before', 'untouched'] : [];
  const rows = lines.map(({ failures, lost, moved, unknown, broken, untouched }) => [
    failures.join(),
    listText(lost, isWide, style.bad),
    listText(moved, isWide, style.changed),
    listText(unknown, isWide, style.doubtful),
    ...(listsAll ? [listText(broken, isWide, style.bad), listText(untouched, isWide, style.good)] : []),
  ]);
  return table(['failures', 'lost', 'moved', 'unknown', ...rest], rows);
}

function listText(targets: readonly string[], isWide: boolean, look: (text: string) => string): string {
  if (targets.length === 0) return none;
  const shown = isWide ? targets : targets.slice(0, 3);
  const rest = targets.length - shown.length;
  return look(`${shown.join(',')}${rest > 0 ? ` and ${rest} more` : ''}`);
}

/** Single things whose loss takes targets with it, the worst first. */
export function singlePoints(lines: readonly ScenarioLine[]): readonly ScenarioLine[] {
  return lines
    .filter(({ failures, lost }) => lost.length > 0 && failures.length === 1)
    .toSorted((left, right) => right.lost.length - left.lost.length);
}

/** Where there is no flow that a failure could take. */
const nothingText =
  'no address is programmed that a workload uses, so there is nothing that a failure could take';

/** What is a single point of failure. Of what does not work already no failure can take anything: that is said, and not that there is none. */
export function pointsText(
  lines: readonly ScenarioLine[],
  { flows, brokenBefore, unknownBefore }: Totals,
  scenarios: number,
): string {
  if (flows === 0) return nothingText;
  const each = (sum: number): number => (scenarios === 0 ? 0 : Math.ceil(sum / scenarios));
  const [dark, untold] = [each(brokenBefore), each(unknownBefore)];
  if (dark + untold >= flows) {
    return untold === 0
      ? 'nothing works now, so no failure can take anything: see berth status for what is wrong'
      : 'it is not known that anything works now, so neither is what a failure takes: see berth status';
  }
  const points = singlePoints(lines);
  const names =
    points.map(({ failures, lost }) => `${failures.join()} (${lost.length})`).join(', ') || 'none';
  const left =
    dark > 0
      ? `; ${plural(dark, 'flow')} of ${flows} ${dark === 1 ? 'does not work now and counts' : 'do not work now and count'} for nothing`
      : '';
  const doubt =
    untold > 0 ? `; of ${plural(untold, 'flow')} of ${flows} it is not known whether it works now` : '';
  return `single points of failure, with the number of targets each takes: ${names}${left}${doubt}`;
}
