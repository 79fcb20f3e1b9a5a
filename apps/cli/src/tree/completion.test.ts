import { expect, test } from 'vitest';
import { completionText } from './completion.ts';
import { program } from './program.ts';

/** The words offered, and cobra's directive. */
function offered(...words: readonly string[]) {
  const lines = completionText(program, words).trimEnd().split('\n');
  return { words: lines.slice(0, -1).map((line) => line.split('\t')[0]), directive: lines.at(-1) };
}

test.each<[readonly string[], readonly string[]]>([
  [['ge'], ['get']],
  [['lab', 'u'], ['up']],
  [['get', 'ovn-f'], ['ovn-fips']],
  [['get', '-n', 'default', 'ovn-f'], ['ovn-fips']],
  [['get', '--namespace=default', '-A', 'ovn-f'], ['ovn-fips']],
  [['get', 'ovn-fip', ''], []],
  [
    ['get', '-o', ''],
    ['table', 'wide', 'name', 'json', 'yaml'],
  ],
  [['get', 'ovn-fip', '--all'], ['--all-namespaces']],
  [['audit', '--fail-on', 'w'], ['warning']],
  [['nonsense', ''], []],
])('%j is completed by %j', (words, expected) => {
  expect(offered(...words)).toEqual({ words: expected, directive: ':4' });
});

test('where a file is wanted the shell offers files', () => {
  expect(offered('lint', '-f', '')).toEqual({ words: [], directive: ':0' });
});

test('every command is offered, with what it does, on one line', () => {
  const lines = completionText(program, ['']).trimEnd().split('\n');
  expect(lines.slice(0, -1)).toEqual(program.commands.map(({ name, summary }) => `${name}\t${summary}`));
});
