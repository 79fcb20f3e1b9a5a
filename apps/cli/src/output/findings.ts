import { formatRef } from '@berth/api';
import { brief, type Finding, type Position, printable, type Severity, sortFindings } from '@berth/core';
import type { Screen } from '../context/terminal.ts';
import type { Style } from './style.ts';
import { pad } from './table.ts';
import { wrap } from './wrap.ts';

const look: Readonly<Record<Severity, keyof Style>> = { error: 'bad', warning: 'doubtful', info: 'faint' };

/** How many findings there are of each severity. */
export type Counts = Readonly<Record<Severity, number>>;

export function countFindings(findings: readonly Finding[]): Counts {
  const count = (severity: Severity): number => findings.filter((each) => each.severity === severity).length;
  return { error: count('error'), warning: count('warning'), info: count('info') };
}

/** `1 error, 2 warnings`; info only where there is some. */
export function countText({ error, warning, info }: Counts): string {
  const parts = [plural(error, 'error'), plural(warning, 'warning')];
  return [...parts, ...(info > 0 ? [`${info} info`] : [])].join(', ');
}

/**
 * Findings, worst first. A line each: severity, code, object, place in the file; below it what is wrong and the cure.
 */
export function findingLines(findings: readonly Finding[], screen: Omit<Screen, 'write'>): string {
  return sortFindings(findings)
    .map((each) => findingText(each, screen))
    .join('');
}

function findingText(finding: Finding, { style, columns }: Omit<Screen, 'write'>): string {
  const { severity, code, at, field, message, cure } = finding;
  const subject = subjectOf(finding);
  const head = [subject && style.strong(subject), field, at && positionText(at)].filter(Boolean).join('  ');
  const first = `${style[look[severity]](pad(severity, 8))} ${[head, style.faint(code)].filter(Boolean).join('  ')}\n`;
  return first + wrap(message, indent, columns) + wrap(`cure: ${cure}`, indent, columns);
}

/** One line for a finding that is gone. */
export function resolvedLine(finding: Finding, style: Style): string {
  const about = [subjectOf(finding), finding.at?.file, finding.code].filter(Boolean).join('  ');
  return `${style.good(pad('resolved', 8))} ${about}\n`;
}

/** Two findings with one identity say the same, though the place in the file may have moved. */
export function findingIdentity({ code, object, field, message }: Finding): string {
  return JSON.stringify([code, object && formatRef(object), field, message]);
}

/** Those that are gone, once each: of their object nothing is said any more under their code, in whatever words. */
export function resolvedFindings(before: readonly Finding[], now: readonly Finding[]): readonly Finding[] {
  const left = new Set(now.map(subjectIdentity));
  const gone = new Map(before.map((each) => [subjectIdentity(each), each]));
  return [...gone].filter(([key]) => !left.has(key)).map(([, each]) => each);
}

/** What has no object is about its file; without one, only the message says what it is about. */
function subjectIdentity(finding: Finding): string {
  return JSON.stringify([finding.code, subjectOf(finding) ?? finding.at?.file ?? finding.message]);
}

const indent = '         ';

function subjectOf({ object }: Finding): string | undefined {
  return object && printable(brief(formatRef(object)));
}

function positionText({ file, line, column }: Position): string {
  return `${file}:${line}:${column}`;
}

/** `1 error`, `2 errors`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
