import type { Program } from './program.ts';
import { isGroup } from './spec.ts';

/**
 * A command line as commander is to read it: `help lab up` is `lab up --help`, nothing at all asks for the help of everything, and a word that is
 * no command ends the line, so that it is complained of whether or not help is asked for.
 */
export function spelledOut(
  argv: readonly string[],
  { commands }: Pick<Program, 'commands'>,
): readonly string[] {
  const [first, ...rest] = argv;
  if (first === undefined) return ['--help'];
  if (first === 'help' && rest.length === 0) return argv;
  const line = first === 'help' ? [...rest, '--help'] : argv;
  let known: Program['commands'] = commands;
  for (const [place, word] of line.entries()) {
    if (word.startsWith('-')) return line;
    const entry = known.find(({ name }) => name === word);
    if (!entry) return line.slice(0, place + 1);
    if (!isGroup(entry)) return line;
    known = entry.commands;
  }
  return line;
}
