import type { CommandSpec } from './spec.ts';

/** What follows the flags in a command's help: examples to copy, and what the exit codes mean. */
export function afterHelp({ examples, exits }: Pick<CommandSpec, 'examples' | 'exits'>): string {
  const shown = examples.map(({ does, line }) => `  # ${does}\n  ${line}`);
  const codes = Object.entries(exits).map(([code, means]) => `  ${code}  ${means}`);
  return `\nExamples:\n${shown.join('\n\n')}\n\nExit codes:\n${codes.join('\n')}\n`;
}
