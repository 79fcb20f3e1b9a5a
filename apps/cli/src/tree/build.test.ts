import { type CommanderError, Option } from 'commander';
import { expect, test } from 'vitest';
import { commandHelps } from '../reference/command-helps.ts';
import { buildProgram } from './build.ts';
import { type Options, optionTable, withLab } from './options.ts';
import { program } from './program.ts';
import { type CommandSpec, isGroup } from './spec.ts';

const commands = program.commands.flatMap((entry) => (isGroup(entry) ? entry.commands : [entry]));

type Call = { readonly spec: CommandSpec; readonly words: readonly string[]; readonly options: Options };

/** What a command line would run; what it would print counts if it runs nothing. */
async function parse(
  ...argv: readonly string[]
): Promise<Call | { readonly printed: string; readonly code: string }> {
  let call: Call | undefined;
  let printed = '';
  const write = (text: string): void => {
    printed += text;
  };
  const root = buildProgram(
    program,
    { out: write, err: write, columns: 70 },
    async (spec, words, options) => {
      call = { spec, words, options };
    },
  );
  try {
    await root.parseAsync(argv, { from: 'user' });
  } catch (error) {
    return { printed, code: (error as CommanderError).code };
  }
  return call ?? { printed, code: '' };
}

test.each(Object.entries(optionTable))('the flag of %s has its name', (name, { flags }) => {
  expect(new Option(flags).attributeName()).toBe(name);
});

test.each(commands.map((spec) => [spec.name, spec] as const))(
  '%s is described as kubectl does',
  (_, spec) => {
    expect(spec.summary).toMatch(/^[A-Z][a-z]+ .*[^.]$/);
    expect(spec.examples.length).toBeGreaterThanOrEqual(2);
    expect(Object.keys(spec.exits)).toContain('0');
  },
);

const examples = [...program.examples, ...commands.flatMap((spec) => spec.examples)].map(({ line }) => line);

test.each(examples)('%s is a command line', async (example) => {
  const lines = example.split(/; | \| | 2?>/).filter((part) => part.startsWith('berth '));
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) {
    expect(await parse(...line.split(' ').slice(1))).toHaveProperty('spec');
  }
});

test('a flag that stands for another is read and told in no help', async () => {
  expect(await parse('lab', 'up', '--name', 'blue')).toMatchObject({ options: { name: 'blue' } });
  expect(withLab({ name: 'blue', raft: true })).toEqual({ lab: 'blue', raft: true });
  expect(withLab({ name: 'blue', lab: 'blue' })).toEqual({ lab: 'blue' });
  expect(() => withLab({ name: 'blue', lab: 'red' })).toThrow('name two labs');
  for (const { path, help } of commandHelps(program)) expect(help, path).not.toMatch(/--name /);
});

test('flags are read by their sort', async () => {
  const call = await parse('lab', 'up', '--nodes', 'a, b,,c', '--raft', '-v');
  expect(call).toMatchObject({ words: [], options: { nodes: ['a', 'b', 'c'], raft: true, verbose: true } });
  expect(await parse('apply', '-f', 'x', '--timeout', '5s')).toMatchObject({ options: { timeout: 5 } });
  expect(await parse('whatif', '--each', 'host', '--each', 'sb')).toMatchObject({
    options: { each: ['host', 'sb'] },
  });
  expect(await parse('apply', '-f', 'x', '-f', 'x')).toMatchObject({ options: { filename: 'x' } });
});

test('what follows the place of exec is the program, whatever it looks like', async () => {
  const call = await parse('lab', 'exec', '--lab', 'blue', 'central', '--', 'ovn-nbctl', '--help', '-v');
  expect(call).toMatchObject({ options: { lab: 'blue' } });
  expect(call).toHaveProperty('words', ['central', '--', 'ovn-nbctl', '--help', '-v']);
  expect(await parse('lab', 'exec', 'central', '--', 'sh', '-c', '')).toHaveProperty('spec');
});

test.each([
  [['plann'], 'unknown command', 'Did you mean plan?'],
  [['plan', '-f', 'x', '--adapt'], 'unknown option', 'Did you mean --adopt?'],
  [['apply', '-g', 'x'], 'unknown option', "'-g'"],
  [['get', 'fip', '--name', 'blue'], 'unknown option', 'Did you mean --lab?'],
  [['lab', 'up', '--nmae', 'blue'], 'unknown option', 'Did you mean --lab?'],
  [['lab', 'up', 'blue'], 'too many arguments', 'Did you mean --lab blue?'],
  [['apply', 'examples'], 'too many arguments', 'Did you mean -f examples?'],
  [['plan', '--file', 'x'], 'unknown option', 'Did you mean --filename?'],
  [['plan', '-f', 'x', '--json'], 'unknown option', 'Did you mean --output json?'],
  [['run', '--folder', 'x'], 'unknown option', "'--folder' (Did you mean --filename?)"],
  [['get', 'fip', '--names'], 'unknown option', 'Did you mean --output name?'],
  [['lab', 'up', '--names', 'a'], 'unknown option', 'Did you mean --nodes?'],
  [['whatif', '--no-controller'], 'unknown option', 'Did you mean --without-controller?'],
  [['apply', '-f', 'x', '--dry-run'], 'unknown option', 'Did you mean berth plan?'],
  [['adopt', '--dry-run'], 'unknown option', 'Did you mean berth adopt without --yes?'],
  [['adopt', '--revert'], 'unknown option', 'Did you mean --undo?'],
  [['get'], 'missing required argument', 'kind'],
  [['get', 'vpcs', '-o', 'xml'], "'xml' is invalid", 'table, wide, name, json, yaml'],
  [['apply', '-f', 'x', '--timeout', 'long'], "'long' is invalid", 'number of seconds'],
  [['apply', '-f', 'x', '--timeout', '1e99'], "'1e99' is invalid", 'at most 604800'],
  [['apply', '-f', 'x', '--timeout', '604801'], 'is invalid', 'at most 604800'],
  [['apply', '-f', 'x', '--timeout', '0x10'], 'is invalid', 'number of seconds'],
  [['apply', '-f', ''], "'' is invalid", 'It is empty'],
  [['apply', '-f', 'x', '-f', 'y'], "'y' is invalid", 'It is "x" already'],
  [['whatif', '--each', ''], "'' is invalid", 'It is empty'],
  [['explain', ''], 'a word is empty', 'berth explain --help'],
  [['lab', 'exec', '', '--', 'true'], 'a word is empty', 'berth lab exec --help'],
  [['lab', 'upp'], 'unknown command', 'Did you mean up?'],
  [['get', 'fip', '-o', 'jsn'], "argument 'jsn' is invalid", 'Did you mean json?'],
  [['audit', '--fail-on', 'wraning'], 'Allowed choices are', 'Did you mean warning?'],
])('%s is told in one line', async (argv, problem, cure) => {
  const told = await parse(...argv);
  expect(told).toHaveProperty('printed', expect.stringMatching(/^error: [^\n]*\n$/));
  expect(told).toHaveProperty('printed', expect.stringContaining(problem));
  expect(told).toHaveProperty('printed', expect.stringContaining(cure));
});

test('help fits the terminal it is read on, apart from lines to copy', async () => {
  const told = await parse('plan', '--help');
  const lines = 'printed' in told ? told.printed.split('\n') : [];
  expect(lines.length).toBeGreaterThan(20);
  expect(lines.filter((line) => line.length > 70 && !line.startsWith('  berth '))).toEqual([]);
});

test('every command has its help, with examples and exit codes', () => {
  const helps = commandHelps(program);
  expect(helps.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['berth', 'berth lab', 'berth lab up']),
  );
  const leaves = helps.filter(({ path }) => !['berth', 'berth lab'].includes(path));
  expect(leaves).toHaveLength(commands.length);
  for (const { help } of leaves) expect(help).toMatch(/Examples:\n {2}# [\s\S]*Exit codes:\n {2}0 /);
});
