import { nearest } from '@berth/api';
import { CliFault } from '../context/cli-fault.ts';
import type { Invocation } from '../context/invocation.ts';
import { completionScripts, isShell } from '../output/completion-scripts.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';

export async function run({ words: [shell = ''], terminal }: Invocation): Promise<ExitCode> {
  if (!isShell(shell)) {
    const known = Object.keys(completionScripts);
    const near = nearest(shell, known);
    const cure = near === undefined ? `there is ${known.join(', ')}` : `did you mean ${near}?`;
    throw new CliFault('usage', `no completion is known for shell "${shell}"`, cure);
  }
  terminal.out.write(completionScripts[shell]);
  return exitCodes.fine;
}
