import type { ExternalFlow, NodeName, Verdict } from '@berth/core';
import type { Style } from './style.ts';
import { none, table } from './table.ts';
import { isLost, isNoticed } from './whatif-totals.ts';

/** Every flow of a scenario: before, after, and why. */
export function verdictTable(verdicts: readonly Verdict[], nodeName: NodeName, style: Style): string {
  const rows = verdicts.map((verdict) => [
    verdict.flow.target,
    verdict.flow.direction,
    externalText(verdict.flow),
    verdict.flow.placement,
    stateText(verdict.before, nodeName),
    afterText(verdict, nodeName, style),
    outageText(verdict),
    verdict.why,
  ]);
  return table(['target', 'direction', 'address', 'placement', 'before', 'after', 'outage', 'why'], rows);
}

/** `10.9.101.9`, with the port where one is forwarded. */
export function externalText({ externalIp, externalPort }: ExternalFlow): string {
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
  const text = stateText(verdict.after, nodeName);
  if (verdict.after.outcome === 'lost') return style.bad(text);
  if (verdict.after.outcome === 'unknown') return style.doubtful(text);
  return verdict.moved ? style.changed(text) : style.good(text);
}

function outageText({ outage }: Verdict): string {
  return outage === undefined ? none : `${(outage.ms / 1000).toFixed(1)}s`;
}

/** What one scenario of many does, in a line. */
export type ScenarioLine = {
  readonly failures: string;
  readonly lost: readonly string[];
  readonly moved: readonly string[];
  readonly unknown: readonly string[];
};

/** The targets a scenario touches; undefined when nobody notices it. */
export function scenarioLine(failures: string, verdicts: readonly Verdict[]): ScenarioLine | undefined {
  const noticed = verdicts.filter(isNoticed);
  if (noticed.length === 0) return undefined;
  const targets = (is: (verdict: Verdict) => boolean): readonly string[] => [
    ...new Set(noticed.filter(is).map(({ flow }) => flow.target)),
  ];
  return {
    failures,
    lost: targets(isLost),
    moved: targets(({ moved }) => moved),
    unknown: targets(({ after }) => after.outcome === 'unknown'),
  };
}

/** A line for each scenario that somebody notices, with the first targets of each sort. */
export function scenarioTable(lines: readonly ScenarioLine[], isWide: boolean, style: Style): string {
  const rows = lines.map(({ failures, lost, moved, unknown }) => [
    failures,
    listText(lost, isWide, style.bad),
    listText(moved, isWide, style.changed),
    listText(unknown, isWide, style.doubtful),
  ]);
  return table(['failures', 'lost', 'moved', 'unknown'], rows);
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
    .filter(({ failures, lost }) => lost.length > 0 && !/[,;]/.test(failures))
    .toSorted((left, right) => right.lost.length - left.lost.length);
}
