import { LabFault } from '../fault.ts';
import { type Entrance, endInside, signalExit, spawnPiped } from './enter.ts';

/** The result of a program that ran to its end. A program ended by a signal has `exitCode` 128 + its number. */
export type Captured = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

export type CaptureOptions = {
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly environment?: Readonly<Record<string, string>>;
};

/** Runs a program inside to its end. Throws {@link LabFault} `lab-timed-out`, or the signal's reason, if it was ended. */
export function captureInside(
  entrance: Entrance,
  netns: string | undefined,
  argv: readonly string[],
  options: CaptureOptions = {},
): Promise<Captured> {
  const { promise, resolve, reject } = Promise.withResolvers<Captured>();
  options.signal?.throwIfAborted();
  const child = spawnPiped(entrance, netns, argv, options.environment);
  let stdout = '';
  let stderr = '';
  let ended: unknown;
  const end = (reason: unknown) => {
    ended ??= reason;
    endInside(child);
  };
  const abort = () => end(options.signal?.reason);
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => end(timedOut(argv, options.timeoutMs ?? 0)), options.timeoutMs);
  options.signal?.addEventListener('abort', abort);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  child.on('error', end);
  child.on('close', (code, signal) => {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', abort);
    if (ended !== undefined) reject(ended);
    else resolve({ exitCode: code ?? signalExit(signal), stdout, stderr });
  });
  return promise;
}

function timedOut(argv: readonly string[], timeoutMs: number): LabFault {
  return new LabFault(
    'lab-timed-out',
    `${argv.join(' ')} did not end within ${timeoutMs} ms`,
    'give it more time, or see why it waits',
  );
}
