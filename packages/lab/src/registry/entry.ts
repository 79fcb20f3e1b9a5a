import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabPlan } from '../lab/plan.ts';
import { identityOf, isAlive, type ProcessIdentity } from './process.ts';

/** `lab.json`: what other processes need to find and enter a lab. Written once, when the lab is ready. */
export type LabEntry = { readonly version: 1; readonly init: ProcessIdentity; readonly plan: LabPlan };

/** Writes a file of the registry as a whole or not at all. */
export function writeRegistry(directory: string, file: string, content: unknown): void {
  const temporary = join(directory, `.${file}.${process.pid}`);
  writeFileSync(temporary, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, join(directory, file));
}

/** The content of a file of the registry, which only this package writes, or undefined when there is none. */
export function readRegistry<Content>(
  directory: string,
  file: string,
  isContent: (value: unknown) => value is Content,
): Content | undefined {
  let text: string;
  try {
    text = readFileSync(join(directory, file), 'utf8');
  } catch {
    return undefined;
  }
  const value: unknown = JSON.parse(text);
  return isContent(value) ? value : undefined;
}

/** The living lab of this directory, or undefined. */
export function readEntry(directory: string): LabEntry | undefined {
  const entry = readRegistry(directory, 'lab.json', isEntry);
  return entry !== undefined && isAlive(entry.init) ? entry : undefined;
}

/** Every living lab, by name. Directories of labs that ended are removed on the way. */
export function readEntries(labs: string): LabEntry[] {
  let names: string[];
  try {
    names = readdirSync(labs);
  } catch {
    return [];
  }
  return names.sort().flatMap((name) => {
    const directory = join(labs, name);
    const entry = readEntry(directory);
    if (entry === undefined) removeIfUnused(directory);
    return entry === undefined ? [] : [entry];
  });
}

/** Makes the lab's directory. Its sockets are for its owner alone. */
export function makeDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
}

/** Removes a lab's directory unless a process of that lab still lives; says whether it is gone. */
export function removeIfUnused(directory: string): boolean {
  return (
    spawnSync('flock', ['--nonblock', directory, 'rm', '-rf', directory], { stdio: 'ignore' }).status === 0
  );
}

/** Waits until no process of the lab is left, then removes its directory; says whether it is gone. */
export async function removeWhenUnused(directory: string, timeoutMs: number): Promise<boolean> {
  const endMs = performance.now() + timeoutMs;
  while (existsSync(directory)) {
    const leftMs = endMs - performance.now();
    if (leftMs <= 0) return false;
    if (await ends('flock', ['--timeout', String(leftMs / 1000), directory, 'rm', '-rf', directory]))
      return true;
    // A controller that has not noticed yet wrote something while it was removed.
    await sleep(20);
  }
  return true;
}

/** Whether a program ends with 0. */
function ends(program: string, argv: readonly string[]): Promise<boolean> {
  const child = spawn(program, argv, { stdio: 'ignore' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code === 0));
  });
}

/** `run.json`: the process that runs the controller on this lab. */
export function readRun(directory: string): ProcessIdentity | undefined {
  const run = readRegistry(directory, 'run.json', isIdentity);
  return run !== undefined && isAlive(run) ? run : undefined;
}

export function writeRun(directory: string, pid: number): void {
  const run = identityOf(pid);
  if (run !== undefined) writeRegistry(directory, 'run.json', run);
}

function isIdentity(value: unknown): value is ProcessIdentity {
  return typeof value === 'object' && value !== null && 'pid' in value && 'startTime' in value;
}

function isEntry(value: unknown): value is LabEntry {
  return (
    typeof value === 'object' &&
    value !== null &&
    'version' in value &&
    value.version === 1 &&
    'plan' in value
  );
}
