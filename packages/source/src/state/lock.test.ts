import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SourceFault } from '../fault.ts';
import { takeLock } from './lock.ts';
import { thisProcess } from './process.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'berth-lock-'));
});

afterEach(() => rm(folder, { recursive: true }));

const lockFile = () => path.join(folder, 'lock');

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  return error instanceof SourceFault ? error.code : `${error}`;
}

test('one holds it, and after its release another', async () => {
  const first = await takeLock(folder, 'a');
  expect(await codeOf(takeLock(folder, 'b'))).toBe('state-locked');
  await first.confirm();
  await first.release();
  await (await takeLock(folder, 'b')).confirm();
  expect(await readdir(folder)).toEqual(['lock']);
});

test('of many that take it at once, over a stale one, exactly one holds it', async () => {
  for (let round = 0; round < 20; round += 1) {
    await writeFile(lockFile(), JSON.stringify({ ...thisProcess(), startTime: '1' }));
    const tries = Array.from({ length: 8 }, (_, n) => takeLock(folder, `t${n}`));
    const taken = (await Promise.allSettled(tries)).flatMap((each) =>
      each.status === 'fulfilled' ? each.value : [],
    );
    expect(taken).toHaveLength(1);
    for (const lock of taken) await lock.confirm();
    await Promise.all(taken.map((lock) => lock.release()));
    expect(await readdir(folder)).toEqual([]);
  }
});

test('a claim that a killed process left behind does not stand in the way', async () => {
  const dead = JSON.stringify({ ...thisProcess(), startTime: '1' });
  await writeFile(lockFile(), dead);
  await writeFile(`${lockFile()}.claim`, dead);
  await (await takeLock(folder, 'b')).confirm();
  expect(await readdir(folder)).toEqual(['lock']);
});

test('that of a killed process is taken over', async () => {
  const script = `import { takeLock } from ${JSON.stringify(path.join(import.meta.dirname, 'lock.ts'))};
    await takeLock(${JSON.stringify(folder)}, 'child'); console.log('taken'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--conditions=berth-source', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  expect(await codeOf(takeLock(folder, 'b'))).toBe('state-locked');
  child.kill('SIGKILL');
  await ended;
  await (await takeLock(folder, 'b')).confirm();
});

test.each([
  ['of an earlier boot', { boot: 'earlier' }, undefined],
  ['of another process with the same number', { startTime: '1' }, undefined],
  ['of a process that does not run', { pid: 4_000_000 }, undefined],
  ['of another PID namespace', { namespace: 'pid:[1]' }, 'state-locked'],
  ['of this very process', {}, 'state-locked'],
])('a lock %s', async (_, changes, code) => {
  await writeFile(lockFile(), JSON.stringify({ ...thisProcess(), ...changes }));
  if (code) expect(await codeOf(takeLock(folder, 'b'))).toBe(code);
  else await (await takeLock(folder, 'b')).confirm();
});

test('one that was taken away is noticed, and not released', async () => {
  const lock = await takeLock(folder, 'a');
  await writeFile(lockFile(), 'somebody else');
  expect(await codeOf(lock.confirm())).toBe('state-lock-lost');
  await lock.release();
  expect(await readFile(lockFile(), 'utf8')).toBe('somebody else');
});

test('one that was removed is noticed, and nobody is blamed', async () => {
  const lock = await takeLock(folder, 'a');
  await rm(lockFile());
  await expect(lock.confirm()).rejects.toThrow(`${lockFile()} was removed; this one must end`);
});

test('who finds it held is told what its holder does', async () => {
  const lock = await takeLock(folder, 'a', { work: 'it is berth run, which follows its folder' });
  await expect(takeLock(folder, 'b')).rejects.toThrow(
    new RegExp(`process ${process.pid} holds .*lock: it is berth run, which follows its folder$`),
  );
  await lock.release();
});
