import { help } from '../../apps/agent/src/flags.ts';
import { controllerCommand } from '../../apps/controller/src/flags.ts';

/** A flag of a program, as the program itself explains it. */
export type Flag = {
  readonly does: string;
  /** Undefined when the program decides when it runs. */
  readonly default: string | boolean | undefined;
  readonly choices: readonly string[] | undefined;
};

export type Flags = ReadonlyMap<string, Flag>;

/** The flags of berth-controller by name, without the dashes. */
export function controllerFlags(): Flags {
  return new Map(
    controllerCommand().options.map(
      ({ long, description, defaultValue, defaultValueDescription, argChoices }) => [
        long?.replace(/^--/, '') ?? '',
        { does: description, default: defaultValueDescription ?? defaultValue, choices: argChoices },
      ],
    ),
  );
}

/** The flags of berth-agent by name, as its help lists them. */
export function agentFlags(): Flags {
  const lines = help.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)(?: ([A-Z]+))? +(\S.*)$/gm);
  return new Map(
    [...lines].map(([, name = '', , text = '']) => {
      const [, does = text, fallback] = /^(.*?)(?: \(default: (.*)\))?$/.exec(text) ?? [];
      return [name, { does, default: fallback, choices: undefined }];
    }),
  );
}

/** Throws when the program has no such flag. */
export function flagOf(flags: Flags, name: string): Flag {
  const flag = flags.get(name);
  if (flag === undefined)
    throw new Error(`the chart asks for a flag --${name}, which its program does not have`);
  return flag;
}
