import { expect, test } from 'vitest';
import { completionText } from './completion.ts';
import type { Options } from './options.ts';
import { program } from './program.ts';
import type { KnownNames } from './wished-words.ts';

const known: KnownNames = {
  labs: async () => ['blue'],
  contexts: async () => ['prod'],
  namespaces: async () => ['default', 'shop'],
  nodes: async () => ['n-1', 'n-2'],
  codes: async () => ['no-gateway'],
  objects: async (kind) => [{ kind, name: 'web' }],
  broken: async () => ['host:n-1', 'sb'],
};

/** The words offered, cobra's directive, and the flags that names were asked for with. */
async function offered(...words: readonly string[]) {
  let asked: Options | undefined;
  const text = await completionText(program, words, (_, typed) => {
    asked = typed;
    return known;
  });
  const lines = text.trimEnd().split('\n');
  return { words: lines.slice(0, -1).map((line) => line.split('\t')[0]), directive: lines.at(-1), asked };
}

test.each<[readonly string[], readonly string[]]>([
  [['ge'], ['get']],
  [['lab', 'u'], ['up']],
  [['get', 'ovn-f'], ['ovn-fips']],
  [['get', '-n', 'default', 'ovn-f'], ['ovn-fips']],
  [['get', '--namespace=default', '-A', 'ovn-f'], ['ovn-fips']],
  [['get', 'fi'], ['fip']],
  [['get', 'vpcs,ofi'], ['vpcs,ofip']],
  [['get', 'ovn-fip', ''], ['web']],
  [['probe', 'no'], []],
  [['probe', 'node/'], []],
  [['probe', 'ofip/'], ['ofip/web']],
  [
    ['lab', 'heal', ''],
    ['host:n-1', 'sb'],
  ],
  [['lab', 'heal', 'sb,'], ['sb,host:n-1']],
  [
    ['get', '-o', ''],
    ['table', 'wide', 'name', 'json', 'yaml'],
  ],
  [['get', '--output=y'], ['--output=yaml']],
  [['get', 'ovn-fip', '--all'], ['--all-namespaces']],
  [['audit', '--fail-on', 'w'], ['warning']],
  [['explain', 'fip/'], ['fip/web']],
  [['whatif', 'fip/web', 'vpc/'], ['vpc/web']],
  [['status', '--lab', ''], ['blue']],
  [['status', '--context', ''], ['prod']],
  [
    ['whatif', '--fail=host:'],
    ['--fail=host:n-1', '--fail=host:n-2'],
  ],
  [['lab', 'fail', 'sb,nort'], ['sb,northd']],
  [['lab', 'down', '--na'], []],
  [['nonsense', ''], []],
])('%j is completed by %j', async (words, expected) => {
  const told = await offered(...words);
  expect(told).toMatchObject({ words: expected, directive: ':4' });
});

test('behind what goes on there is no blank', async () => {
  expect(await offered('explain', 'v')).toMatchObject({ words: ['vpc/'], directive: ':6' });
  expect(await offered('whatif', '--fail', 'ho')).toMatchObject({ words: ['host:'], directive: ':6' });
});

test('names are of what the flags before them name', async () => {
  expect((await offered('get', '--lab', 'blue', '--state=s', '-n', 'shop', '-A', 'pod', '')).asked).toEqual({
    ...{ lab: 'blue', state: 's', namespace: 'shop', allNamespaces: true },
  });
});

test('where a file is wanted the shell offers files', async () => {
  expect(await offered('lint', '-f', '')).toMatchObject({ words: [], directive: ':0' });
  expect(await offered('status', '--nb', '')).toMatchObject({ words: [], directive: ':0' });
});

test('every command is offered, with what it does, on one line', async () => {
  const lines = (await completionText(program, [''], () => known)).trimEnd().split('\n');
  expect(lines.slice(0, -1)).toEqual(program.commands.map(({ name, summary }) => `${name}\t${summary}`));
});
