import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SourceFault } from '../fault.ts';
import { codeOf } from '../folder/find-files.ts';
import { isRunning, type ProcessIdentity, thisProcess } from './process.ts';

/** The right to write a state, held by one process at a time. */
export type Lock = {
  /** @throws SourceFault `state-lock-lost` when another process has it now, or when it was removed. */
  confirm(): Promise<void>;
  release(): Promise<void>;
};

/** What a holder says of itself to those who find the lock held. */
export type Said = {
  /** What it does, in a sentence that begins with the process: `is berth run, which …`. */
  readonly work?: string | undefined;
  /** It is one command that ends when it is done, and no controller that will act on what comes later. */
  readonly isPassing?: boolean | undefined;
};

/**
 * Takes the lock of a state folder. A lock whose process does not run any more is taken over.
 *
 * @throws SourceFault `state-locked` when another controller has it.
 */
export async function takeLock(stateFolder: string, token: string, said: Said = {}): Promise<Lock> {
  const file = path.join(stateFolder, 'lock');
  const text = JSON.stringify({ ...thisProcess(), token, ...said });
  try {
    await mkdir(stateFolder, { recursive: true, mode: 0o700 });
    await acquire(file, text, token);
  } catch (cause) {
    if (cause instanceof SourceFault) throw cause;
    throw new SourceFault(
      'state-unwritable',
      `${file} cannot be written (${codeOf(cause)}); make it writable`,
      {
        cause,
      },
    );
  }
  return {
    confirm: async () => {
      const held = await contents(file);
      if (held === text) return;
      const what = held === undefined ? `${file} was removed` : `another controller took ${file}`;
      throw new SourceFault('state-lock-lost', `${what}; this one must end`);
    },
    release: async () => {
      if ((await contents(file)) === text) await rm(file, { force: true });
    },
  };
}

async function acquire(file: string, text: string, token: string): Promise<void> {
  const mine = `${file}.${token}`;
  await writeFile(mine, text, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      if (await place(mine, file)) return;
      const held = await contents(file);
      if (held === undefined) continue;
      refuseLiving(file, held);
      await removeStale(file, held, mine);
    }
  } finally {
    await rm(mine, { force: true });
  }
  throw new SourceFault('state-locked', `${file} is being taken by others; try again`);
}

/** Puts our lock where there is none, complete from the first moment. */
async function place(mine: string, file: string): Promise<boolean> {
  try {
    await link(mine, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes a stale lock. Of several that want to, the one that holds the claim may: else one could remove the lock that
 * another has just put in place of the stale one.
 */
async function removeStale(file: string, held: string, mine: string): Promise<void> {
  const claim = `${file}.claim`;
  if (await place(mine, claim)) {
    try {
      if ((await contents(file)) === held) await rm(file, { force: true });
    } finally {
      await rm(claim, { force: true });
    }
    return;
  }
  const claimed = await contents(claim);
  const claimant = claimed === undefined ? undefined : identityOf(claimed);
  if (claimant && isRunning(claimant) === false) await rm(claim, { force: true });
  await sleep(10);
}

function refuseLiving(file: string, held: string): void {
  const holder = identityOf(held);
  const running = holder === undefined ? false : isRunning(holder);
  if (running === false) return;
  const who = holder === undefined ? 'another process' : `process ${holder.pid}`;
  throw new SourceFault(
    'state-locked',
    running === 'unknown'
      ? `${who} of another PID namespace holds ${file}; end that controller, or remove the file if it has ended`
      : `${who} holds ${file}: ${workOf(held) ?? 'a controller is at work there, end it first'}`,
  );
}

/** What the holder of a lock said of its work. */
function workOf(text: string): string | undefined {
  const { work } = JSON.parse(text);
  return typeof work === 'string' ? work : undefined;
}

/** Whether the holder of a lock said that it is one command. */
export function isPassing(text: string): boolean {
  return JSON.parse(text).isPassing === true;
}

/** The process a lock names; undefined when it is no lock of ours. */
export function identityOf(text: string): ProcessIdentity | undefined {
  try {
    const { pid, startTime, boot, namespace } = JSON.parse(text);
    return typeof pid === 'number' ? { pid, startTime, boot, namespace } : undefined;
  } catch {
    return undefined;
  }
}

/** The text of a file; undefined when there is none. */
export async function contents(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
