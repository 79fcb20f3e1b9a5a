import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { completionScripts } from './completion-scripts.ts';

const bin = path.join(import.meta.dirname, '../../../../bin');

/** What bash offers for a line whose last word is unfinished, and whether it goes on to files. */
function offered(...words: readonly string[]): readonly string[] {
  const script = [
    completionScripts.bash,
    'compopt() { COMPREPLY+=("FILES"); }',
    `COMP_WORDS=(berth "$@"); COMP_CWORD=$#; _berth; printf "%s\\n" "\${COMPREPLY[@]}"`,
  ].join('\n');
  const { stdout } = spawnSync('bash', ['-c', script, 'bash', ...words], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` },
  });
  return stdout.split('\n').filter((line) => line !== '');
}

test('bash offers what berth knows, and files where they are wanted', () => {
  expect(offered('stat')).toEqual(['status']);
  expect(offered('get', '-o', '')).toEqual(['table', 'wide', 'name', 'json', 'yaml']);
  expect(offered('lint', '-f', '')).toEqual(['FILES']);
  expect(offered('get', 'ovn-fip', '')).toEqual([]);
});
