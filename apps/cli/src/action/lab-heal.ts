import { formatFailure } from '@berth/core';
import type { Invocation } from '../context/invocation.ts';
import { findPlace, requireLab } from '../context/place.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import { failuresOf } from './lab-fail.ts';

export async function run({ words, options, environment, terminal }: Invocation): Promise<ExitCode> {
  const lab = requireLab(findPlace(options, environment));
  const [text] = words;
  const before = lab.failures();
  const restarted = await lab.heal(text === undefined ? undefined : failuresOf(text, lab));
  const left = new Set(lab.failures().map(formatFailure));
  const healed = before.filter((failure) => !left.has(formatFailure(failure)));
  for (const failure of healed) terminal.out.write(`${formatFailure(failure)} healed\n`);
  for (const { where, daemon } of restarted) terminal.out.write(`${where} ${daemon} restarted\n`);
  if (healed.length === 0 && restarted.length === 0) {
    terminal.err.write(text === undefined ? 'nothing was broken\n' : `${text} was not broken\n`);
  }
  return exitCodes.fine;
}
