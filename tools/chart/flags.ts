import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';

const root = join(import.meta.dirname, '../..');

const printedFlags = z.array(
  z.object({
    name: z.string(),
    does: z.string(),
    /** Undefined when the program decides when it runs. */
    default: z.union([z.string(), z.boolean()]).optional(),
    choices: z.array(z.string()).optional(),
  }),
);

/** A flag of a program, as the program itself explains it. */
export type Flag = Omit<z.infer<typeof printedFlags>[number], 'name'>;

export type Flags = ReadonlyMap<string, Flag>;

/** The flags of berth-controller by name, without the dashes. */
export function controllerFlags(): Flags {
  const list = printedFlags.parse(JSON.parse(printed('apps/controller/src/print-flags.ts')));
  return new Map(list.map(({ name, ...flag }) => [name, flag]));
}

/** The flags of berth-agent by name. */
export function agentFlags(): Flags {
  return flagsOfHelp(printed('apps/agent/src/main.ts', '--help'));
}

/** The flags of `berth-cni install` by name. */
export function cniInstallFlags(): Flags {
  return flagsOfHelp(printed('apps/cni/src/main.ts', 'install', '--help'));
}

/** As a help lists them. */
function flagsOfHelp(help: string): Flags {
  const lines = help.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)(?: ([A-Z]+))? +(\S.*)$/gm);
  return new Map(
    [...lines].map(([, name = '', , text = '']) => {
      const [, does = text, fallback] = /^(.*?)(?: \(default: (.*)\))?$/.exec(text) ?? [];
      return [name, { does, default: fallback }];
    }),
  );
}

/** Throws when the program has no such flag. */
export function flagOf(flags: Flags, name: string): Flag {
  const flag = flags.get(name);
  if (flag === undefined) throw new Error(`the chart asks for --${name}, which its program does not have`);
  return flag;
}

/** What a program prints; nothing imports one. */
function printed(...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=berth-source', ...words], {
    encoding: 'utf8',
    cwd: root,
  });
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}
