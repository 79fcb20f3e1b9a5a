import type { CommandSpec, Example } from './spec.ts';

/** Examples to copy, each under what it is good for. */
export function examplesText(examples: readonly Example[]): string {
  return `\nExamples:\n${examples.map(({ does, line }) => `  # ${does}\n  ${line}\n`).join('\n')}`;
}

/** What the exit codes mean. */
export function exitsText(exits: CommandSpec['exits']): string {
  const lines = Object.entries(exits).map(([code, means]) => `  ${code}  ${means}\n`);
  return `\nExit codes:\n${lines.join('')}`;
}

/** A text whose lines are only broken between paragraphs; indented lines stay as they are. */
export function paragraphs(text: string): string {
  return text
    .split('\n\n')
    .map((part) => (/^ /m.test(part) ? part : part.replaceAll('\n', ' ')))
    .join('\n\n');
}
