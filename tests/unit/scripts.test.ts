import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readText, repositoryFiles, root } from './support/repository.ts';

const scripts = repositoryFiles().filter(
  (path) => path.endsWith('.sh') || path.startsWith('bin/') || path === '.ci/run',
);

test.each(scripts)('%s is a script its shell can read', (path) => {
  const text = readText(path);
  const shell = text.startsWith('#!/bin/sh') ? 'sh' : 'bash';
  const { status, stderr } = spawnSync(shell, ['-n', join(root, path)], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const isProgram = text.startsWith('#!');
  expect((statSync(join(root, path)).mode & 0o111) !== 0).toBe(isProgram);
});

test('a script that cannot be read is told', () => {
  expect(spawnSync('sh', ['-n'], { input: 'if true; then' }).status).not.toBe(0);
});
