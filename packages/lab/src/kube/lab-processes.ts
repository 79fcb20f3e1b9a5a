import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LabFault } from '../fault.ts';
import type { Entrance } from '../lab/enter.ts';
import { plainBash } from '../script/bash.ts';
import type { KubeLauncher, KubeProcess } from './kube-server.ts';

const run = promisify(execFile);

/** Leaves a program running and prints its number; words: log, program, its words. */
const leaveRunning = 'log=$1; shift; setsid "$@" </dev/null >>"$log" 2>&1 & echo $!';

/**
 * Processes that belong to a lab: they end with its first process, which reaps them. They are in the lab's PID namespace but
 * in the caller's network, so that loopback is the same for both.
 */
export function labProcesses({ init, rootless }: Entrance): KubeLauncher {
  const pids = new Map<KubeProcess, string>();
  const inside = async (script: string, ...words: readonly string[]): Promise<string> => {
    const user = rootless ? ['--user', '--preserve-credentials'] : [];
    const enter = ['--target', String(init.pid), ...user, '--mount', '--pid', '--wd=/', '--'];
    const { stdout } = await run('nsenter', [...enter, ...plainBash, '-c', script, 'lab: kube', ...words]);
    return stdout.trim();
  };
  return {
    async start(name, command, log) {
      try {
        pids.set(name, await inside(leaveRunning, log, ...command));
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new LabFault(
          'lab-start-failed',
          `${name} could not be started: ${why}`,
          `look at ${log}`,
          cause,
        );
      }
    },
    async kill(name) {
      const pid = pids.get(name);
      if (pid !== undefined) await inside('kill -KILL "$1" 2>/dev/null; true', pid);
    },
  };
}
