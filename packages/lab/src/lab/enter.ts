import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import type { ProcessIdentity } from '../registry/process.ts';
import { fullPath } from './preflight.ts';

/** What it takes to run something inside a lab. */
export type Entrance = { readonly init: ProcessIdentity; readonly rootless: boolean };

const diesWithParent = ['setpriv', '--pdeathsig', 'KILL', '--'];

/**
 * The command that runs `argv` inside: in the named network namespace, with its /sys, or in `central` without one. Its
 * child does it (nsenter forks, to be in the PID namespace); both die when the process that started it does.
 */
function enterCommand(entrance: Entrance, netns: string | undefined, argv: readonly string[]): string[] {
  const user = entrance.rootless ? ['--user', '--preserve-credentials'] : [];
  const namespaces = [...user, '--mount', '--net', '--pid'];
  const inside = netns === undefined ? [] : ['ip', 'netns', 'exec', netns];
  return [
    ...diesWithParent,
    ...['nsenter', '--target', String(entrance.init.pid), ...namespaces, '--wd=/', '--'],
    ...diesWithParent,
    ...inside,
    ...argv,
  ];
}

/** Starts a program inside, with pipes. It leads a process group, so that {@link endInside} ends all that it started. */
export function spawnPiped(
  entrance: Entrance,
  netns: string | undefined,
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  const [program = '', ...words] = enterCommand(entrance, netns, ['setsid', ...argv]);
  return spawn(program, words, { stdio: 'pipe', env: { ...inherited(), LC_ALL: 'C', ...environment } });
}

/** Starts a program inside, with this process's terminal; env(1) exits with 127 when there is no such program. */
export function spawnInherited(
  entrance: Entrance,
  netns: string | undefined,
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  const [program = '', ...words] = enterCommand(entrance, netns, ['env', '--', ...argv]);
  return spawn(program, words, { stdio: 'inherit', env: { ...inherited(), ...environment } });
}

function inherited(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: fullPath(process.env['PATH']) };
}

/** Kills what was started inside: the program first, so that its parent, which ends then, has reaped it. */
export function endInside(child: ChildProcess): void {
  const inside = childrenOf(child.pid);
  if (inside.length === 0) child.kill('SIGKILL');
  for (const pid of inside) {
    for (const target of [-pid, pid]) {
      try {
        process.kill(target, 'SIGKILL');
      } catch {
        // It leads no group, or has ended.
      }
    }
  }
}

function childrenOf(pid: number | undefined): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children === '' ? [] : children.split(' ').map(Number);
  } catch {
    return [];
  }
}

/** The exit code shells give a program that a signal ended: 128 and the signal's number. */
export function signalExit(signal: NodeJS.Signals | null): number {
  return 128 + (signal === null ? 0 : constants.signals[signal]);
}
