import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { faultOf, makePlace } from '../folder/testing.ts';
import { stateHolder } from './holder.ts';
import { recordedFolder } from './load.ts';
import { takeLock } from './lock.ts';
import { thisProcess } from './process.ts';

let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'berth-holder-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

/** A process that holds the lock until it is killed. */
async function startHolder(): Promise<ChildProcess> {
  const script = `import { takeLock } from ${JSON.stringify(path.join(import.meta.dirname, 'lock.ts'))};
    await takeLock(${JSON.stringify(folder)}, 'child'); console.log('taken'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--conditions=berth-source', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

test('nobody holds a state that nobody opened, or that was released', async () => {
  expect(await stateHolder(path.join(folder, 'nowhere'))).toBeUndefined();
  const lock = await takeLock(folder, 'a');
  expect(await stateHolder(folder)).toEqual({ pid: process.pid, running: true });
  await lock.release();
  expect(await stateHolder(folder)).toBeUndefined();
});

test('one command is told from a controller', async () => {
  const lock = await takeLock(folder, 'a', { work: 'it is busy', isPassing: true });
  expect(await stateHolder(folder)).toEqual({ pid: process.pid, running: true, passing: true });
  await lock.release();
  await takeLock(folder, 'b', { work: 'it is berth run', isPassing: false });
  expect(await stateHolder(folder)).toEqual({ pid: process.pid, running: true });
});

test('a holder is seen running, stopped, running again, and dead', async () => {
  const child = await startHolder();
  const { pid } = child;
  const until = async (wanted: object) => {
    await expect.poll(() => stateHolder(folder)).toEqual(wanted);
  };
  await until({ pid, running: true });
  child.kill('SIGSTOP');
  await until({ pid, running: true, stopped: true });
  child.kill('SIGCONT');
  await until({ pid, running: true });
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  await until({ pid, running: false });
});

test.each([
  ['of an earlier boot', { boot: 'earlier' }, { pid: process.pid, running: false }],
  [
    'of another PID namespace',
    { namespace: 'pid:[1]' },
    { pid: process.pid, running: true, elsewhere: true },
  ],
])('a lock %s', async (_, changes, holder) => {
  await writeFile(path.join(folder, 'lock'), JSON.stringify({ ...thisProcess(), ...changes }));
  expect(await stateHolder(folder)).toEqual(holder);
});

test('a lock that is not ours names nobody, and one that cannot be read is a fault', async () => {
  const file = path.join(folder, 'lock');
  await writeFile(file, 'somebody else');
  expect(await stateHolder(folder)).toBeUndefined();
  await rm(file);
  await mkdir(file);
  expect(await faultOf(stateHolder(folder))).toBe('state-unreadable');
});

test('a state says which folder it is of, once it has one', async () => {
  const place = await makePlace();
  try {
    expect(await recordedFolder(place.stateFolder)).toBeUndefined();
    await place.write('a.yaml', '');
    await (await place.open()).storeEpoch(1);
    expect(await recordedFolder(place.stateFolder)).toBe(place.folder);
    await writeFile(path.join(place.stateFolder, 'state.json'), '{}');
    expect(await faultOf(recordedFolder(place.stateFolder))).toBe('state-foreign');
  } finally {
    await place.dispose();
  }
});
