import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { LabFault } from '../fault.ts';
import type { ProcessIdentity } from '../registry/process.ts';
import { fullPath } from './preflight.ts';

/** What it takes to run something inside a lab. */
export type Entrance = { readonly init: ProcessIdentity; readonly rootless: boolean };

/** The result of a program that ran to its end. A program ended by a signal has `exitCode` 128 + its number. */
export type Captured = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

export type CaptureOptions = {
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly environment?: Readonly<Record<string, string>>;
};

/** The command that runs `argv` inside: in the named network namespace, with its /sys, or in `central` without one. */
export function enterCommand(
  entrance: Entrance,
  netns: string | undefined,
  argv: readonly string[],
): string[] {
  const user = entrance.rootless ? ['--user', '--preserve-credentials'] : [];
  const inside = netns === undefined ? [] : ['ip', 'netns', 'exec', netns];
  return [
    ...[
      'nsenter',
      '--target',
      String(entrance.init.pid),
      ...user,
      '--mount',
      '--net',
      '--pid',
      '--wd=/',
      '--',
    ],
    // nsenter forks: ending it must end what it started.
    ...['setpriv', '--pdeathsig', 'KILL', '--'],
    ...inside,
    ...argv,
  ];
}

/** Starts a program inside. It dies with this process, and with the lab. */
export function spawnInside(
  entrance: Entrance,
  netns: string | undefined,
  argv: readonly string[],
  stdio: StdioOptions,
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  const [program = '', ...words] = enterCommand(entrance, netns, argv);
  const inherited = { ...process.env, PATH: fullPath(process.env['PATH']) };
  return spawn(program, words, { stdio, env: { ...inherited, ...environment } });
}

/** Runs a program inside to its end. Throws {@link LabFault} `lab-timed-out`, or the signal's reason, if it was ended. */
export function captureInside(
  entrance: Entrance,
  netns: string | undefined,
  argv: readonly string[],
  options: CaptureOptions = {},
): Promise<Captured> {
  const { promise, resolve, reject } = Promise.withResolvers<Captured>();
  options.signal?.throwIfAborted();
  const child = spawnInside(entrance, netns, argv, 'pipe', options.environment);
  let stdout = '';
  let stderr = '';
  let ended: unknown;
  const end = (reason: unknown) => {
    ended ??= reason;
    child.kill('SIGKILL');
  };
  const abort = () => end(options.signal?.reason);
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => end(timedOut(argv, options.timeoutMs ?? 0)), options.timeoutMs);
  options.signal?.addEventListener('abort', abort);
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin?.on('error', () => {});
  child.stdin?.end(options.input ?? '');
  child.on('error', end);
  child.on('close', (code, signal) => {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', abort);
    if (ended !== undefined) reject(ended);
    else resolve({ exitCode: code ?? signalExit(signal), stdout, stderr });
  });
  return promise;
}

/** The exit code shells give a program that a signal ended. */
export function signalExit(signal: NodeJS.Signals | null): number {
  return 128 + (signal === 'SIGINT' ? 2 : signal === 'SIGKILL' ? 9 : signal === 'SIGHUP' ? 1 : 15);
}

function timedOut(argv: readonly string[], timeoutMs: number): LabFault {
  return new LabFault(
    'lab-timed-out',
    `${argv.join(' ')} did not end within ${timeoutMs} ms`,
    'give it more time, or see why it waits',
  );
}
