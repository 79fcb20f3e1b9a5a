import { readEnvironment } from '../context/environment.ts';
import type { ExitCode } from '../output/exit-code.ts';
import { styleOf } from '../output/style.ts';
import { runOn } from '../tree/run.ts';

/** How a command ended. */
export type Ended = { readonly status: ExitCode; readonly stdout: string; readonly stderr: string };

/**
 * Runs a command line in this process, as a program of its own would run it without a terminal: a start takes half a second of a processor, and a
 * file that asks a lab hundreds of questions asks whether the answers are right, not whether a program starts. What hands its standard
 * streams on, as `lab exec`, cannot be run so.
 */
export async function berthHere(...argv: readonly string[]): Promise<Ended> {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const screen = (texts: string[]) => ({
    write: (text: string) => void texts.push(text),
    style: styleOf(false),
    columns: undefined,
  });
  const status = await runOn(argv, readEnvironment(process.env), () => ({
    out: screen(stdout),
    err: screen(stderr),
    isInteractive: false,
    confirm: () => Promise.resolve(false),
  }));
  return { status, stdout: stdout.join(''), stderr: stderr.join('') };
}
