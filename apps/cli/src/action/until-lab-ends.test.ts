import { SourceFault } from '@berth/source';
import { expect, test } from 'vitest';
import { untilLabEnds } from './until-lab-ends.ts';

const lockLost = new SourceFault('state-lock-lost', 'state/lock was removed; this one must end');
const never = new AbortController().signal;
const lab = (isRunning: boolean) => ({ name: 'cli', isRunning: () => isRunning });

test('what fails because the lab has ended is told as that', async () => {
  await expect(untilLabEnds(lab(false), never, Promise.reject(lockLost))).rejects.toMatchObject({
    code: 'cannot-tell',
    message: 'lab/cli has ended',
    cause: lockLost,
  });
});

test('work that ends with the lab has not ended by itself', async () => {
  await expect(untilLabEnds(lab(false), never, Promise.resolve())).rejects.toThrow('lab/cli has ended');
});

test('a fault on a lab that runs is told as it is', async () => {
  await expect(untilLabEnds(lab(true), never, Promise.reject(lockLost), 10)).rejects.toBe(lockLost);
});

test('a lab whose first process dies last has ended all the same', async () => {
  let looks = 0;
  const dying = { name: 'cli', isRunning: () => looks++ < 3 };
  await expect(untilLabEnds(dying, never, Promise.reject(lockLost))).rejects.toThrow('lab/cli has ended');
});

test('a user who ends the command is not told of the lab', async () => {
  await untilLabEnds(lab(false), AbortSignal.abort(), Promise.resolve());
  await untilLabEnds(lab(true), never, Promise.resolve());
});
