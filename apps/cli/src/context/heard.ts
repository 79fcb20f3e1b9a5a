import type { NodeHealth } from '@berth/core';
import { borneOut, type Databases, onceCarriedOut } from './carried-out.ts';
import { onceSettled } from './hanging.ts';
import { lastWordsOf } from './last-words.ts';
import { recent } from './reports.ts';

/** An OVN that is read again, and what its agents say. */
type Live = {
  readonly read: () => Promise<Databases>;
  /** With the last words of those that have gone silent. */
  readonly readReports: () => Promise<readonly NodeHealth[]>;
};

/** What agents say, as far as it stands, beside NB and SB of then. */
export type Heard = {
  readonly databases: Databases;
  /** Which nodes hang is told among them, once they have for as long as one that only starts does not. */
  readonly reports: readonly NodeHealth[];
  /** The last words of agents that are not heard any more. */
  readonly silent: readonly NodeHealth[];
};

/**
 * What agents say of an OVN that lives, with the time it takes to tell who stands still from who is slow or has just started: a few seconds where
 * one seems to, else none.
 */
export async function heardBeside(
  first: Databases,
  all: readonly NodeHealth[],
  { read, readReports }: Live,
  signal: AbortSignal,
): Promise<Heard> {
  const told = recent(all);
  const databases = await onceCarriedOut(first, read, told, signal);
  const [{ snapshot: nb }, { snapshot: sb }] = databases;
  const heard = await onceSettled(borneOut(told, first, databases), readReports, [nb, sb], signal);
  const silent = all.filter(({ isFresh }) => isFresh === false);
  return { databases, reports: [...heard, ...lastWordsOf(silent, heard, [nb, sb])], silent };
}
