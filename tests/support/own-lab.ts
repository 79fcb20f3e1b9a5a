import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { type Lab, labUp } from '@berth/lab';
import { programFile } from './programs.ts';
import { type Ended, runProgram } from './run-program.ts';

const berthProgram = programFile('berth');

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
export function runBerth(scratch: string, argv: readonly string[]): Promise<Ended> {
  return runProgram(berthProgram, argv, environmentOf(scratch));
}

/** The same, and nothing else goes on in this process meanwhile: for files that wait for each command. */
export function berthIn(scratch: string, argv: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(berthProgram, argv, {
    encoding: 'utf8',
    env: environmentOf(scratch),
  });
  return { status, stdout, stderr };
}
