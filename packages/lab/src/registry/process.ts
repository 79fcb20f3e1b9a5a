import { readFileSync } from 'node:fs';

/**
 * A process that cannot be mistaken for a later one with the same number: `startTime` is field 22 of
 * /proc/PID/stat, in clock ticks since boot (proc(5)), kept as text.
 */
export type ProcessIdentity = { readonly pid: number; readonly startTime: string };

/** The process that has this number now, or undefined when there is none or it is a zombie. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startTime = fields[18];
  return startTime === undefined || state === 'Z' || state === 'X' ? undefined : { pid, startTime };
}

export function isAlive(process: ProcessIdentity): boolean {
  return identityOf(process.pid)?.startTime === process.startTime;
}
