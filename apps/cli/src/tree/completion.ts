import { kinds } from '@berth/api';
import { Option } from 'commander';
import { completionScripts } from '../output/completion-scripts.ts';
import { optionTable } from './options.ts';
import type { Program } from './program.ts';
import { type CommandGroup, type CommandSpec, isGroup } from './spec.ts';

/** The hidden command that asks for completions, as every program made with cobra has it and kubectl expects it. */
export const completionWord = '__complete';

/** A word that can stand next, and what it means. */
type Candidate = readonly [word: string, does: string];

/** Cobra's ShellCompDirectiveNoFileComp: files are no good here. Default: they are. */
const withoutFiles = 4;
const withFiles = 0;

/** Words that may follow, one a line with what they mean behind a tab, and cobra's directive. The last word is unfinished. */
export function completionText(program: Program, words: readonly string[]): string {
  const unfinished = words.at(-1) ?? '';
  const { candidates, files } = candidatesOf(program, words.slice(0, -1), unfinished);
  const lines = candidates
    .filter(([word]) => word.startsWith(unfinished))
    .map(([word, does]) => `${word}\t${does.replaceAll(/\s+/g, ' ')}\n`);
  return `${lines.join('')}:${files ? withFiles : withoutFiles}\n`;
}

type Candidates = { readonly candidates: readonly Candidate[]; readonly files: boolean };

function candidatesOf(program: Program, before: readonly string[], unfinished: string): Candidates {
  const place = before.reduce<Place | undefined>((at, word) => at && after(at, word), {
    entries: program.commands,
    spec: undefined,
    typedWords: 0,
    pending: undefined,
  });
  if (!place) return { candidates: [], files: false };
  const { entries, spec, typedWords, pending } = place;
  if (pending) return valuesOf(pending, spec);
  if (unfinished.startsWith('-')) return { candidates: optionsOf(spec).map(flagOf), files: false };
  if (!spec) return { candidates: entries.map(({ name, summary }) => [name, summary]), files: false };
  return { candidates: wordsAt(spec.words[typedWords]?.syntax), files: false };
}

/** What may come next: a command of these, or words of the one that is known, or the value of a flag. */
type Place = {
  readonly entries: readonly (CommandSpec | CommandGroup)[];
  readonly spec: CommandSpec | undefined;
  readonly typedWords: number;
  readonly pending: OptionSpecOf | undefined;
};

/** Undefined when the word is none of our commands. */
function after(place: Place, word: string): Place | undefined {
  if (place.pending) return { ...place, pending: undefined };
  if (word.startsWith('-')) {
    const option = optionsOf(place.spec).find((each) => isOf(each, word));
    return { ...place, pending: option?.value === 'flag' ? undefined : option };
  }
  if (place.spec) return { ...place, typedWords: place.typedWords + 1 };
  const entry = place.entries.find(({ name }) => name === word);
  if (!entry) return undefined;
  return isGroup(entry) ? { ...place, entries: entry.commands } : { ...place, spec: entry };
}

type OptionSpecOf = (typeof optionTable)[keyof typeof optionTable];

function optionsOf(spec: CommandSpec | undefined): readonly OptionSpecOf[] {
  return [...(spec?.options ?? []), 'color' as const, 'verbose' as const].map((name) => optionTable[name]);
}

function isOf({ flags }: OptionSpecOf, word: string): boolean {
  const { long, short } = new Option(flags);
  return word === long || word === short;
}

function flagOf({ flags, does }: OptionSpecOf): Candidate {
  return [new Option(flags).long ?? '', does];
}

function valuesOf(option: OptionSpecOf, spec: CommandSpec | undefined): Candidates {
  const choices: readonly string[] =
    option === optionTable.output ? (spec?.outputs ?? []) : 'choices' in option ? option.choices : [];
  return { candidates: choices.map((each) => [each, '']), files: /<(?:dir|file)>/.test(option.flags) };
}

/** The words that may stand where a command takes one. */
function wordsAt(syntax: string | undefined): readonly Candidate[] {
  if (syntax === '<kind>') return kindWords();
  return syntax === '<shell>' ? Object.keys(completionScripts).map((shell) => [shell, '']) : [];
}

function kindWords(): readonly Candidate[] {
  return Object.entries(kinds).map(([kind, { plural }]) => [plural, kind]);
}
