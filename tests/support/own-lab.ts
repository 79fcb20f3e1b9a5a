import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { type Lab, labUp } from '@berth/lab';
import { programFile } from './programs.ts';

const berthProgram = programFile('berth');

/** A program that came to its end; no exit code when a signal ended it. */
export type Ended = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string };

/** A lab that is registered in `scratch`, belongs to this process and ends with it. */
export async function labIn(scratch: string, name: string, nodes: readonly string[]): Promise<Lab> {
  const previous = process.env['XDG_RUNTIME_DIR'];
  process.env['XDG_RUNTIME_DIR'] = scratch;
  try {
    return await labUp({ name, nodes, attached: true });
  } finally {
    if (previous === undefined) delete process.env['XDG_RUNTIME_DIR'];
    else process.env['XDG_RUNTIME_DIR'] = previous;
  }
}

/** An environment in which berth knows the lab in `scratch` and no other. */
export function environmentOf(scratch: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: scratch,
    XDG_RUNTIME_DIR: scratch,
    XDG_STATE_HOME: scratch,
  };
}

/** The folder of wishes in `scratch`. */
export function folderOf(scratch: string): string {
  return path.join(scratch, 'folder');
}

/** Starts `berth run` over the folder in `scratch`. */
export function startController(scratch: string): ChildProcess {
  return spawn(berthProgram, ['run', '-f', folderOf(scratch)], {
    env: environmentOf(scratch),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs berth on the lab in `scratch` for as long as it takes, whatever it exits with. */
export async function runBerth(scratch: string, argv: readonly string[]): Promise<Ended> {
  const child = spawn(berthProgram, argv, { env: environmentOf(scratch), stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { exitCode, stdout, stderr };
}

/** The same, and nothing else goes on in this process meanwhile: for files that wait for each command. */
export function berthIn(scratch: string, argv: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(berthProgram, argv, {
    encoding: 'utf8',
    env: environmentOf(scratch),
  });
  return { status, stdout, stderr };
}
