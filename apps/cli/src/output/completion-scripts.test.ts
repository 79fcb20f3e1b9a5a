import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { completionScripts } from './completion-scripts.ts';

/** A `berth` that tells what it is asked, and answers as it is told; so these tests are of the shells alone. */
let bin = '';
beforeAll(() => {
  bin = mkdtempSync(path.join(tmpdir(), 'berth-shells-'));
  const script = `#!/bin/sh
shift
for word; do last=$word; done
case $* in
  'lint -f ') echo :0 ;;
  'get fip ') echo :4 ;;
  'whatif --fail '*) printf '%s\\t\\n' host:n-1 host:n-2; echo :4 ;;
  'whatif --fail=host:') printf '%s\\t\\n' --fail=host:n-1 --fail=host:n-2; echo :4 ;;
  'explain f') printf 'fip/\\t\\n'; echo :6 ;;
  'get -o ') printf 'table\\tas a table\\nwide\\t\\n'; echo :4 ;;
  *) exit 1 ;;
esac
`;
  writeFileSync(path.join(bin, 'berth'), script);
  chmodSync(path.join(bin, 'berth'), 0o755);
});
afterAll(() => rmSync(bin, { recursive: true, force: true }));

function shell(program: string, script: string, ...argv: readonly string[]): readonly string[] {
  const { stdout, stderr } = spawnSync(program, ['-c', script, ...argv], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` },
  });
  return `${stderr}${stdout}`.split('\n').filter((line) => line !== '');
}

const isThere = (program: string): boolean => spawnSync(program, ['-c', ':']).status === 0;

/** What bash offers for a line, broken at blanks, colons and equal signs as bash does; FILES and NOSPACE stand for what it is told. */
function bash(line: string): readonly string[] {
  const words = line.split(/ |(?<=[:=])|(?=[:=])/);
  const script = [
    completionScripts.bash,
    'compopt() { case $2 in default) COMPREPLY+=(FILES);; nospace) COMPREPLY+=(NOSPACE);; esac; }',
    `COMP_LINE=$1 COMP_POINT=\${#1}; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _berth; printf "%s\\n" "\${COMPREPLY[@]}"`,
  ].join('\n');
  return shell('bash', script, 'bash', line, ...words);
}

test.each([
  ['berth get -o ', ['table', 'wide']],
  ['berth lint -f ', ['FILES']],
  ['berth get fip ', []],
  ['berth whatif --fail host:', ['n-1', 'n-2']],
  ['berth whatif --fail ', ['host:n-1', 'host:n-2']],
  ['berth whatif --fail=host:', ['n-1', 'n-2']],
  ["berth whatif --fail 'host:", ['host:n-1', 'host:n-2']],
  ['berth explain f', ['fip/', 'NOSPACE']],
  ['berth nonsense ', []],
])('bash completes %j by %j', (line, expected) => {
  expect(bash(line)).toEqual(expected);
});

test.runIf(isThere('zsh')).each([
  ['berth get -o ', ['table:as a table', 'wide:']],
  ['berth lint -f ', ['FILES']],
  ['berth whatif --fail host:', ['host\\:n-1:', 'host\\:n-2:']],
  ['berth explain f', ['fip/:', '-S', '']],
])('zsh completes %j by %j', (line, expected) => {
  const script = [
    'compdef() { : }; _files() { print FILES }',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is zsh's
    '_describe() { print -rl -- "${(@P)4}" "${@[5,-1]}" }',
    completionScripts.zsh,
    'words=("$@"); CURRENT=$#; _berth',
  ].join('\n');
  expect(shell('zsh', script, 'zsh', ...line.split(' '))).toEqual(expected.filter((word) => word !== ''));
});

test.runIf(isThere('fish')).each([
  ['berth get -o ', ['table\tas a table', 'wide']],
  ['berth whatif --fail host:', ['host:n-1', 'host:n-2']],
  ['berth get fip ', []],
  ['berth explain f', ['fip/']],
])('fish completes %j by %j', (line, expected) => {
  const script = `${completionScripts.fish}\ncomplete -C ${JSON.stringify(line)}`;
  expect(shell('fish', script)).toEqual(expected);
});
