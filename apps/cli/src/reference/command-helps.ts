import type { Command } from 'commander';
import { buildProgram } from '../tree/build.ts';
import type { Program } from '../tree/program.ts';

/** What `--help` prints for a command, on a page as wide as a terminal. */
export type CommandHelp = { readonly path: string; readonly help: string };

/** The help of the program and of every command of it, in order. */
export function commandHelps(program: Program): readonly CommandHelp[] {
  let printed = '';
  const out = (text: string): void => {
    printed += text;
  };
  const root = buildProgram(program, { out, err: out, columns: 80 }, async () => {});
  return everyCommand(root).map((command) => {
    printed = '';
    command.outputHelp();
    return { path: pathOf(command), help: printed };
  });
}

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
