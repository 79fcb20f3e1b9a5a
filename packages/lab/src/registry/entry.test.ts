import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { removeWhenUnused } from './entry.ts';

const parent = mkdtempSync(join(tmpdir(), 'berth-entry-'));
afterAll(() => rmSync(parent, { recursive: true }));

test('a directory that somebody writes into while it is removed goes in the end', async () => {
  const directory = join(parent, 'lab');
  for (let part = 0; part < 40; part++) {
    mkdirSync(join(directory, String(part)), { recursive: true });
    for (let file = 0; file < 50; file++) writeFileSync(join(directory, String(part), String(file)), '');
  }
  let written = 0;
  const writer = setInterval(() => {
    if (!existsSync(directory) || written >= 200) return clearInterval(writer);
    for (let part = 0; part < 40; part++) {
      try {
        // Not with its parents: once the directory is gone it stays so.
        if (!existsSync(join(directory, String(part)))) mkdirSync(join(directory, String(part)));
        writeFileSync(join(directory, String(part), `late-${written++}`), '');
      } catch {
        // It was removed between the two.
      }
    }
  }, 1);
  expect(await removeWhenUnused(directory, 50_000)).toBe(true);
  clearInterval(writer);
  expect(existsSync(directory)).toBe(false);
});
