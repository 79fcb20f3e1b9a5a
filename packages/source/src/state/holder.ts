import path from 'node:path';
import { SourceFault } from '../fault.ts';
import { codeOf } from '../folder/find-files.ts';
import { contents, identityOf, isPassing } from './lock.ts';
import { isRunning, isStopped } from './process.ts';

/** The process that a state's lock names. */
export type StateHolder = {
  readonly pid: number;
  /** False when it has died, so that the next controller takes the lock over. */
  readonly running: boolean;
  /** Present when it was stopped, as by SIGSTOP: it holds the lock and does nothing. */
  readonly stopped?: boolean;
  /** Present for one command that ends when it is done, and will not act on what comes later. */
  readonly passing?: boolean;
  /** Present when the number counts in another PID namespace: it holds the lock, whether it lives cannot be told. */
  readonly elsewhere?: boolean;
};

/** Who holds the lock of a state; undefined when nobody does. @throws SourceFault `state-unreadable` */
export async function stateHolder(stateFolder: string): Promise<StateHolder | undefined> {
  const file = path.join(stateFolder, 'lock');
  const held = await contents(file).catch((cause: unknown) => {
    throw new SourceFault('state-unreadable', `${file} cannot be read (${codeOf(cause)}); make it readable`, {
      cause,
    });
  });
  const identity = held === undefined ? undefined : identityOf(held);
  if (held === undefined || identity === undefined) return undefined;
  const { pid } = identity;
  const running = isRunning(identity);
  if (running === 'unknown') return { pid, running: true, elsewhere: true };
  return {
    ...{ pid, running },
    ...(running && isStopped(pid) && { stopped: true }),
    ...(running && isPassing(held) && { passing: true }),
  };
}
