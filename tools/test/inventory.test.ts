import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { leftBehind, runMark, takeInventory } from './inventory.ts';

const search = (run: string) => ({ run, folders: [], alone: false });

test('a marked process is found while it lives, under a key of its own', async () => {
  const run = `inventory-test-${process.pid}`;
  const before = takeInventory(search(run));
  const child = spawn('sleep', ['30'], { env: { ...process.env, [runMark]: run } });
  await once(child, 'spawn');
  await expect
    .poll(() => leftBehind(before, takeInventory(search(run))))
    .toContain(`process ${child.pid} sleep 30`);
  child.kill();
  await once(child, 'exit');
  expect(leftBehind(before, takeInventory(search(run)))).not.toContain(`process ${child.pid} sleep 30`);
});

test('what another run started is not ours', async () => {
  const child = spawn('sleep', ['30'], { env: { ...process.env, [runMark]: 'another' } });
  onTestFinished(() => void child.kill());
  await once(child, 'spawn');
  const lines = [...takeInventory(search('this')).values()];
  expect(lines.filter((line) => line.includes(`${child.pid} sleep 30`))).toEqual([]);
});

test('entries of the folders count, a folder that is not there holds none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-inventory-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const take = () => takeInventory({ ...search('none'), folders: [folder, join(folder, 'absent')] });
  const before = take();
  writeFileSync(join(folder, 'lab'), '');
  expect(leftBehind(before, take())).toContain(join(folder, 'lab'));
});

test('only what is new is left behind, in order', () => {
  const before = new Map([['1', 'old']]);
  const after = new Map([
    ['1', 'old'],
    ['3', 'b'],
    ['2', 'a'],
  ]);
  expect(leftBehind(before, after)).toEqual(['a', 'b']);
  expect(leftBehind(after, before)).toEqual([]);
});
