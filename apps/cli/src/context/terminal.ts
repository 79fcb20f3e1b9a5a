import { createInterface } from 'node:readline/promises';
import { type Style, styleOf } from '../output/style.ts';
import type { Options } from '../tree/options.ts';
import type { Environment } from './environment.ts';

/** One stream, and how to write on it. */
export type Screen = {
  readonly write: (text: string) => void;
  readonly style: Style;
  /** Columns of the terminal; undefined when it is none, or does not say. */
  readonly columns: number | undefined;
};

/** Where answers go. Data on `out`, all else on `err`. */
export type Terminal = {
  readonly out: Screen;
  readonly err: Screen;
  /** Somebody is there to answer a question. */
  readonly isInteractive: boolean;
  /** Asks for a yes; anything else is a no. */
  readonly confirm: (question: string, signal: AbortSignal) => Promise<boolean>;
};

/** Whether to colour: what `--color` says, else on a terminal unless the environment asks for none. */
export function isColored(
  when: Options['color'],
  stream: { readonly isTTY?: boolean },
  { noColor }: Environment,
): boolean {
  if (when === 'always' || when === 'never') return when === 'always';
  return stream.isTTY === true && !noColor;
}

/** This process's own terminal. */
export function openTerminal(when: Options['color'], environment: Environment): Terminal {
  const { stdin, stdout, stderr } = process;
  return {
    out: screenOf(stdout, isColored(when, stdout, environment)),
    err: screenOf(stderr, isColored(when, stderr, environment)),
    isInteractive: stdin.isTTY === true && stderr.isTTY === true,
    async confirm(question, signal) {
      const lines = createInterface({ input: stdin, output: stderr });
      try {
        return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `, { signal })).trim());
      } finally {
        lines.close();
      }
    },
  };
}

function screenOf(stream: NodeJS.WriteStream, colored: boolean): Screen {
  return {
    write: (text) => void stream.write(text),
    style: styleOf(colored),
    columns: stream.isTTY && stream.columns > 0 ? stream.columns : undefined,
  };
}
