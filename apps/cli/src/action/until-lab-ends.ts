import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '@berth/lab';
import { CliFault } from '../context/cli-fault.ts';

/** How long a lab's first process may outlive what work on the lab is known to have failed by: its databases and its folder. */
const dyingMs = 2_000;

/**
 * Waits for work on a lab. When the lab has ended meanwhile, CliFault `cannot-tell` says so, whatever that made of the work;
 * unless the user ended the command.
 */
export async function untilLabEnds(
  lab: Pick<Lab, 'name' | 'isRunning'>,
  signal: AbortSignal,
  work: Promise<void>,
  patienceMs = dyingMs,
): Promise<void> {
  const failed = await work.then(
    () => undefined,
    (cause: unknown) => ({ cause }),
  );
  const untilMs = Date.now() + patienceMs;
  while (failed && !signal.aborted && lab.isRunning() && Date.now() < untilMs) await sleep(20);
  if (!signal.aborted && !lab.isRunning()) {
    throw new CliFault(
      'cannot-tell',
      `lab/${lab.name} has ended`,
      'start it again with berth lab up',
      failed,
    );
  }
  if (failed) throw failed.cause;
}
