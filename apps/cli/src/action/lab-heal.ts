import { formatFailure } from '@berth/core';
import type { Invocation } from '../context/invocation.ts';
import { findPlace, requireLab } from '../context/place.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { failuresOf } from './lab-fail.ts';

export async function run({ words, options, environment, terminal }: Invocation): Promise<ExitCode> {
  const lab = requireLab(findPlace(options, environment));
  const [text] = words;
  const healed = text === undefined ? lab.failures() : failuresOf(text, lab);
  const restarted = await lab.heal(text === undefined ? undefined : healed);
  for (const failure of healed) terminal.out.write(`${formatFailure(failure)} healed\n`);
  for (const { where, daemon } of restarted) terminal.out.write(`${where} ${daemon} restarted\n`);
  if (healed.length === 0 && restarted.length === 0) terminal.err.write('nothing was broken\n');
  return exitCodes.fine;
}
