import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { homedir } from 'node:os';
import path from 'node:path';
import { programFile } from './programs.ts';

/** A program that came to its end. */
export type Ended = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** Runs a program for as long as it takes, whatever it exits with. */
export function runProgram(
  program: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(program, words, { env, maxBuffer: 2 ** 26 }, (_error, stdout, stderr) =>
      resolve({ exitCode: child.exitCode ?? 1, stdout, stderr }),
    );
  });
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
