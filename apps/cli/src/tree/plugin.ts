import { isRemote } from '../context/database-source.ts';
import type { Options } from './options.ts';
import type { Program } from './program.ts';
import { type CommandGroup, type CommandSpec, type Example, isGroup } from './spec.ts';

const pluginName = 'kubectl berth';

/** The same program as its users call it through kubectl: help and examples have that name. */
export function pluginOf(program: Program): Program {
  return {
    ...program,
    name: pluginName,
    examples: program.examples.map(renamed),
    // kubectl completes its plugins itself.
    commands: program.commands
      .filter(({ name }) => name !== 'completion')
      .map((entry): CommandSpec | CommandGroup =>
        isGroup(entry) ? { ...entry, commands: entry.commands.map(specOf) } : specOf(entry),
      ),
  };
}

/** What is not about a folder or a saved file is about the cluster that kubectl works on. */
export function onCluster({ options: taken }: CommandSpec, typed: Options): Options {
  const isElsewhere =
    typed.filename !== undefined || typed.bundle !== undefined || isSaved(typed.nb) || isSaved(typed.sb);
  return taken.includes('kubeconfig') && !isElsewhere ? { ...typed, kube: true } : typed;
}

function isSaved(database: string | undefined): boolean {
  return database !== undefined && !isRemote(database);
}

function specOf(spec: CommandSpec): CommandSpec {
  return { ...spec, examples: spec.examples.map(renamed) };
}

function renamed({ does, line }: Example): Example {
  return { does, line: line.replaceAll(/^berth\b|(?<=[|&;] )berth\b/g, pluginName) };
}
