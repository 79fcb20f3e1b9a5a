import { nearest } from '@berth/api';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { examplesText, exitsText, paragraphs } from './help.ts';
import { type OptionName, type Options, type OutputFormat, optionTable } from './options.ts';
import type { Program } from './program.ts';
import { type CommandGroup, type CommandSpec, isGroup } from './spec.ts';

/** Called for the command that was asked for, with what was typed. */
export type OnCommand = (spec: CommandSpec, words: readonly string[], options: Options) => Promise<void>;

/** Where help and complaints go, and how wide they may be. */
export type Page = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly columns: number | undefined;
};

/** What every command takes. */
const everywhere: readonly OptionName[] = ['color', 'verbose'];

/** The command line as commander knows it. It throws CommanderError instead of ending the process. */
export function buildProgram(program: Program, page: Page, onCommand: OnCommand): Command {
  const root: Command = new Command(program.name)
    .description(program.description)
    .version(program.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .enablePositionalOptions()
    .showHelpAfterError(false)
    .configureOutput({
      writeOut: page.out,
      writeErr: page.err,
      getOutHelpWidth: () => page.columns ?? 80,
      getErrHelpWidth: () => page.columns ?? 80,
      outputError: complainer(() => root),
    })
    .configureHelp({ subcommandTerm: termOf })
    .exitOverride();
  root.addHelpText('after', examplesText(program.examples));
  for (const name of everywhere) root.addOption(optionOf(name, false));
  for (const entry of program.commands) root.addCommand(buildEntry(root, entry, onCommand));
  return root;
}

function buildEntry(parent: Command, entry: CommandSpec | CommandGroup, onCommand: OnCommand): Command {
  const command = new Command(entry.name).copyInheritedSettings(parent);
  command.configureOutput({ outputError: complainer(() => command) });
  command.summary(entry.summary).description(paragraphs(entry.description)).helpCommand(false);
  if (isGroup(entry)) {
    command.enablePositionalOptions();
    for (const each of entry.commands) command.addCommand(buildEntry(command, each, onCommand));
    return command;
  }
  if (entry.passThrough) command.passThroughOptions();
  for (const { syntax, does } of entry.words) command.addArgument(new Argument(syntax, does));
  for (const name of [...entry.options, ...everywhere]) {
    command.addOption(optionOf(name, entry.required?.includes(name) ?? false, entry.outputs));
  }
  for (const name of entry.refused?.options ?? []) command.addOption(optionOf(name, false).hideHelp());
  command.addHelpText('after', `${examplesText(entry.examples)}${exitsText(entry.exits)}`);
  command.action(() => {
    const words = wordsOf(command);
    // What is passed on is not ours to judge.
    const ours = entry.passThrough ? words.slice(0, 1) : words;
    if (ours.includes('')) command.error('error: a word is empty', { exitCode: 1 });
    return onCommand(entry, words, command.optsWithGlobals<Options>());
  });
  return command;
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

/** Says what is wrong with a command line on one line, and where its help is unless it names what would be right. */
function complainer(command: () => Command) {
  return (text: string, writeError: (line: string) => void): void => {
    const line = text.trim().replaceAll('\n', ' ');
    const meant = meantBy(line, command());
    const told = line.replace(/ \(Did you mean [^()]*\?\)$|\.$/, '');
    if (meant !== undefined) writeError(`${told} (Did you mean ${meant}?)\n`);
    else writeError(/[.)]$/.test(line) ? `${line}\n` : `${line}: see ${pathOf(command())} --help\n`);
  };
}

/**
 * What a flag, a value of one or a word is that the command line has no place for, where commander knows nothing near it or the flag is called so
 * elsewhere; as it is to be typed.
 */
function meantBy(complaint: string, command: Command): string | undefined {
  const [, flag, suggested] = /^error: unknown option '([^']+)'( \(.*\))?$/.exec(complaint) ?? [];
  if (flag !== undefined) {
    if (flag === '--dry-run') return dryRunOf(command);
    const near = suggested === undefined ? nearest(flag, Object.keys(otherNames)) : flag;
    const meant = near === undefined ? undefined : otherNames[near];
    return meant?.find((each) => takes(command, each));
  }
  const [, value, choices] =
    /argument '([^']*)' is invalid\. Allowed choices are (.+)\.$/.exec(complaint) ?? [];
  if (value !== undefined && choices !== undefined) return nearest(value, choices.split(', '));
  const [, word] =
    /^error: too many arguments for .* Expected 0 arguments but got 1: (.+)\.$/.exec(complaint) ?? [];
  if (word === undefined) return undefined;
  const named = ['--filename', '--lab'].find((each) => takes(command, each));
  return named === undefined ? undefined : `${named === '--filename' ? '-f' : named} ${word}`;
}

/** Whether a command takes a flag, and with it the value where one is written behind. */
function takes({ options }: Command, typed: string): boolean {
  const [flag, value] = typed.split(' ', 2);
  const option = options.find(({ long }) => long === flag);
  return option !== undefined && (value === undefined || (option.argChoices?.includes(value) ?? true));
}

/** How a command is only asked what it would do. */
function dryRunOf(command: Command): string | undefined {
  if (command.name() === 'apply' || command.name() === 'run') return 'berth plan';
  return takes(command, '--yes') ? `${pathOf(command)} without --yes` : undefined;
}

/** Flags as they are called elsewhere, each with what is meant by it: the first that a command takes. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    Object.values(optionTable).flatMap((spec) =>
      'standsFor' in spec ? [[spec.flags.split(' ', 1)[0] ?? '', [spec.standsFor]]] : [],
    ),
  ),
  '--file': ['--filename'],
  '--folder': ['--filename'],
  '--json': ['--output json'],
  '--names': ['--output name'],
  '--no-controller': ['--without-controller'],
  '--revert': ['--undo'],
  '--rollback': ['--undo'],
};

/** A command with its words, as the list of commands shows it. */
function termOf(command: Command): string {
  const words = command.registeredArguments.map((word) =>
    word.required ? `<${word.name()}>` : `[${word.name()}]`,
  );
  return [command.name(), ...words].join(' ');
}

/** What is missing is told by the command itself, so that an unknown flag is complained of before. */
function optionOf(name: OptionName, isRequired: boolean, outputs?: readonly OutputFormat[]): Option {
  const spec = optionTable[name];
  const choices = name === 'output' ? outputs : 'choices' in spec ? spec.choices : undefined;
  const does = name === 'output' ? `${spec.does} (default "${outputs?.[0]}")` : spec.does;
  const option = new Option(spec.flags, isRequired ? `${does} (required)` : does);
  if (choices !== undefined) option.choices(choices);
  else if (spec.value === 'text') option.argParser(textOf);
  if ('standsFor' in spec) option.hideHelp();
  if (spec.value === 'list') option.argParser(listOf);
  if (spec.value === 'texts') option.argParser(added);
  if (spec.value === 'seconds') option.argParser(secondsOf);
  return option;
}

function wordsOf(command: Command): readonly string[] {
  return command.processedArgs.flat().filter((word) => typeof word === 'string');
}

/** One value: of two the last would count, and of `-f` that would delete what the first one asks for. */
function textOf(text: string, before?: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty.');
  if (before === undefined || before === text) return text;
  throw new InvalidArgumentError(`It is "${before}" already: give it once.`);
}

function listOf(text: string, before: readonly string[] = []): readonly string[] {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  if (words.length === 0) throw new InvalidArgumentError('It is empty.');
  return [...before, ...words];
}

/** Of a flag that may be given again: what was given so far, and one more. */
function added(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** A timer takes 2^31 - 1 ms and fires at once when told to wait longer: a week is for ever, too. */
const mostSeconds = 604_800;

function secondsOf(text: string): number {
  const seconds = /^\d+(\.\d+)?s?$/.test(text) ? Number(text.replace(/s$/, '')) : 0;
  if (seconds > 0 && seconds <= mostSeconds) return seconds;
  throw new InvalidArgumentError(`It is a number of seconds, at most ${mostSeconds}.`);
}
