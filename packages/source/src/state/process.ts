import { readFileSync, readlinkSync } from 'node:fs';

/** A process, told apart from a later one with the same number. */
export type ProcessIdentity = {
  readonly pid: number;
  /** Start time in clock ticks since boot, from `/proc/PID/stat` (proc(5)); undefined where there is no /proc. */
  readonly startTime: string | undefined;
  /** Which boot of the machine. */
  readonly boot: string | undefined;
  /** In which PID namespace the number counts. */
  readonly namespace: string | undefined;
};

/** This process. */
export function thisProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    startTime: startTimeOf(process.pid),
    boot: textOf('/proc/sys/kernel/random/boot_id'),
    namespace: linkOf('/proc/self/ns/pid'),
  };
}

/** Whether a process still runs; `unknown` when its number counts in a PID namespace that we are not in. */
export function isRunning(identity: ProcessIdentity): boolean | 'unknown' {
  const here = thisProcess();
  if (identity.boot !== here.boot) return false;
  if (identity.namespace !== here.namespace) return 'unknown';
  const startTime = startTimeOf(identity.pid);
  if (here.startTime !== undefined) return startTime !== undefined && startTime === identity.startTime;
  try {
    process.kill(identity.pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Whether a process is stopped, as by SIGSTOP: it lives but does nothing. False where there is no /proc. */
export function isStopped(pid: number): boolean {
  return statOf(pid)?.[0] === 'T';
}

function startTimeOf(pid: number): string | undefined {
  const fields = statOf(pid);
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}

/** The fields of `/proc/PID/stat` from the third on, the state. The second is a name in parentheses that may hold anything. */
function statOf(pid: number): readonly string[] | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function linkOf(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}
