import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { homedir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { programFile } from './programs.ts';

/** A program that came to its end; no exit code when a signal ended it. */
export type Ended = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string };

/** Runs a program for as long as it takes, whatever it exits with. */
export async function runProgram(
  program: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Ended> {
  const child = spawn(program, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { exitCode, stdout, stderr };
}

/** `berth run` at work, and what it says beside its data. */
export type Run = { readonly child: ChildProcess; readonly said: () => string };

/** Starts `berth run`. */
export function startRun(words: readonly string[], env: NodeJS.ProcessEnv): Run {
  const child = spawn(programFile('berth'), ['run', ...words], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    said += part;
  });
  return { child, said: () => said };
}

/** Ends a program by SIGTERM, unless it has ended already, and gives what it exited with; null when a signal ended it. */
export async function endProgram(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  return child.exitCode;
}

/** An environment in which berth knows the labs and states in `scratch` and no others, and the API server that is built for the user. */
export function kubeEnvironment(scratch: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    HOME: scratch,
    XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'),
    XDG_RUNTIME_DIR: scratch,
    XDG_STATE_HOME: scratch,
  };
}
