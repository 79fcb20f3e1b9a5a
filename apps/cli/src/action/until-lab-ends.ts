import type { Lab } from '@berth/lab';
import { CliFault } from '../context/cli-fault.ts';

/**
 * Waits for work on a lab. When the lab has ended meanwhile, CliFault `cannot-tell` says so, whatever that made of the work;
 * unless the user ended the command.
 */
export async function untilLabEnds(
  lab: Pick<Lab, 'name' | 'isRunning'>,
  signal: AbortSignal,
  work: Promise<void>,
): Promise<void> {
  const failed = await work.then(
    () => undefined,
    (cause: unknown) => ({ cause }),
  );
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
