import { kindOfWord } from '@berth/api';
import { Option } from 'commander';
import { completionScripts } from '../output/completion-scripts.ts';
import { type OptionName, type Options, optionTable } from './options.ts';
import type { Program } from './program.ts';
import { type CommandGroup, type CommandSpec, isGroup } from './spec.ts';
import { type Wish, wishOfFlag, wishOfWord } from './wish.ts';
import { type KnownNames, wishedWords } from './wished-words.ts';

/** The hidden command that asks for completions, as every program made with cobra has it and kubectl expects it. */
export const completionWord = '__complete';

/** A word that can stand next, and what it means. */
type Candidate = readonly [word: string, does: string];

/** Cobra's directives, to be added up: no blank behind the word (ShellCompDirectiveNoSpace), and no files (NoFileComp). */
const withoutBlank = 2;
const withoutFiles = 4;
const withFiles = 0;

/** Makes who knows the names of what the flags that were typed for a command name. */
export type NamesOf = (spec: CommandSpec, typed: Options) => KnownNames;

/** Words that may follow, one a line with what they mean behind a tab, and cobra's directive. The last word is unfinished. */
export async function completionText(
  program: Program,
  words: readonly string[],
  namesOf: NamesOf,
): Promise<string> {
  const [before, unfinished] = atFlag(words);
  const { candidates, files, wish, place } = candidatesOf(program, before, unfinished);
  const known = wish && place?.spec ? namesOf(place.spec, place.typed) : undefined;
  const typed = { words: place?.words ?? [], namespace: place?.typed.namespace };
  const names = wish && known ? await wishedWords(wish, unfinished, typed, known) : [];
  const all: readonly Candidate[] = [
    ...candidates,
    ...names.map((name): Candidate => [name, wish === 'kind' ? (kindOfWord(name) ?? '') : '']),
  ];
  const fit = new Map(all.filter(([word]) => word.startsWith(unfinished)));
  const stem = (words.at(-1) ?? '').slice(0, (words.at(-1) ?? '').length - unfinished.length);
  const lines = [...fit].map(([word, does]) => `${stem}${word}\t${does.replaceAll(/\s+/g, ' ')}\n`);
  const goesOn = [...fit.keys()].some((word) => /[:/]$/.test(word));
  return `${lines.join('')}:${files ? withFiles : withoutFiles + (goesOn ? withoutBlank : 0)}\n`;
}

/** The words before the unfinished one and that one; of `--flag=VALUE` the value is the unfinished one. */
function atFlag(words: readonly string[]): readonly [before: readonly string[], unfinished: string] {
  const [, flag, value] = /^(--[a-z-]+)=(.*)$/.exec(words.at(-1) ?? '') ?? [];
  const before = words.slice(0, -1);
  return flag === undefined ? [before, words.at(-1) ?? ''] : [[...before, flag], value ?? ''];
}

type Candidates = {
  readonly candidates: readonly Candidate[];
  readonly files: boolean;
  /** What else may stand there, which only the lab, cluster or folder in use knows. */
  readonly wish?: Wish | undefined;
  readonly place?: Place;
};

function candidatesOf(program: Program, before: readonly string[], unfinished: string): Candidates {
  const place = before.reduce<Place | undefined>((at, word) => at && after(at, word), {
    ...{ entries: program.commands, spec: undefined, words: [], typed: {}, pending: undefined },
  });
  if (!place) return { candidates: [], files: false };
  const { entries, spec, words, pending } = place;
  if (pending) return { ...valuesOf(pending, spec), place };
  if (unfinished.startsWith('-')) return { candidates: flagsOf(spec), files: false };
  if (!spec) return { candidates: entries.map(({ name, summary }) => [name, summary]), files: false };
  const wish = wishOfWord(spec, words.length);
  return { candidates: wordsAt(spec.words[words.length]?.syntax), files: false, wish, place };
}

/** What may come next: a command of these, or words of the one that is known, or the value of a flag. */
type Place = {
  readonly entries: readonly (CommandSpec | CommandGroup)[];
  readonly spec: CommandSpec | undefined;
  /** Of the command, without flags. */
  readonly words: readonly string[];
  /** The flags so far. */
  readonly typed: Options;
  readonly pending: OptionName | undefined;
};

/** Undefined when the word is none of our commands. */
function after(place: Place, word: string): Place | undefined {
  const { pending, spec, typed } = place;
  if (pending) return { ...place, typed: { ...typed, [pending]: word }, pending: undefined };
  if (word.startsWith('-')) {
    const [flag = '', value] = word.split(/=(.*)/s);
    const name = optionsOf(spec).find((each) => isOf(each, flag));
    if (name === undefined) return place;
    if (optionTable[name].value === 'flag') return { ...place, typed: { ...typed, [name]: true } };
    return value === undefined
      ? { ...place, pending: name }
      : { ...place, typed: { ...typed, [name]: value } };
  }
  if (spec) return { ...place, words: [...place.words, word] };
  const entry = place.entries.find(({ name }) => name === word);
  if (!entry) return undefined;
  return isGroup(entry) ? { ...place, entries: entry.commands } : { ...place, spec: entry };
}

function optionsOf(spec: CommandSpec | undefined): readonly OptionName[] {
  return [...(spec?.options ?? []), 'color', 'verbose'];
}

function isOf(name: OptionName, word: string): boolean {
  const { long, short } = new Option(optionTable[name].flags);
  return word === long || word === short;
}

/** The flags of a command; what only stands for another one is left out. */
function flagsOf(spec: CommandSpec | undefined): readonly Candidate[] {
  return optionsOf(spec)
    .filter((name) => !('standsFor' in optionTable[name]))
    .map((name) => [longOf(name), optionTable[name].does]);
}

function longOf(name: OptionName): string {
  return new Option(optionTable[name].flags).long ?? '';
}

function valuesOf(name: OptionName, spec: CommandSpec | undefined): Candidates {
  const option = optionTable[name];
  const choices: readonly string[] =
    name === 'output' ? (spec?.outputs ?? []) : 'choices' in option ? option.choices : [];
  return {
    candidates: choices.map((each) => [each, '']),
    files: /<(?:dir|file)>/.test(option.flags) || name === 'nb' || name === 'sb',
    wish: wishOfFlag(longOf(name)),
  };
}

/** The words that may stand where a command takes one, and that everybody knows. */
function wordsAt(syntax: string | undefined): readonly Candidate[] {
  return syntax === '<shell>' ? Object.keys(completionScripts).map((shell) => [shell, '']) : [];
}
