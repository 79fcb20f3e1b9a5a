import { exitCodeOf, exitCodes } from './exit-code.ts';
import type { Style } from './style.ts';

/** One line that says what is wrong, where, and what to do; with `verbose` also where it comes from. */
export function faultLine(fault: unknown, style: Style, verbose: boolean): string {
  const line = `${style.bad('error:')} ${oneLine(messageOf(fault))}\n`;
  if (!verbose) return line;
  return `${line}${traceOf(fault)}`;
}

function messageOf(fault: unknown): string {
  if (!(fault instanceof Error)) return `${String(fault)}: this is a fault of Berth's, please report it`;
  const cure = 'cure' in fault && typeof fault.cure === 'string' ? fault.cure : undefined;
  if (cure !== undefined) return `${fault.message}: ${cure}`;
  if (exitCodeOf(fault) !== exitCodes.internal) return fault.message;
  return `${fault.message}: this is a fault of Berth's, please report it with what -v shows`;
}

function traceOf(fault: unknown): string {
  if (!(fault instanceof Error)) return '';
  const cause = fault.cause === undefined ? '' : `caused by: ${traceOf(fault.cause) || String(fault.cause)}`;
  return `${fault.stack ?? fault.message}\n${cause}`;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, '; ').trim();
}
