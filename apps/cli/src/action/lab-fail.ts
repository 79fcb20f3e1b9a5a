import { type Failure, formatFailure, parseFailures } from '@berth/core';
import type { Lab } from '@berth/lab';
import { CliFault } from '../context/cli-fault.ts';
import type { Invocation } from '../context/invocation.ts';
import { findPlace, requireLab } from '../context/place.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';

export async function run(invocation: Invocation): Promise<ExitCode> {
  const { words, options, environment, terminal } = invocation;
  const lab = requireLab(findPlace(options, environment));
  const failures = failuresOf(words[0] ?? '', lab);
  await lab.fail(failures);
  for (const failure of failures) terminal.out.write(`${formatFailure(failure)} failed\n`);
  return exitCodes.fine;
}

/** What was written as failures, on this lab. Throws CliFault `usage` for what is none, or not one set. */
export function failuresOf(text: string, lab: Pick<Lab, 'nodeNames'>): readonly Failure[] {
  const parsed = parseFailures(text, lab.nodeNames);
  if (parsed.kind === 'invalid') {
    const { part, message, expected } = parsed.error;
    throw new CliFault('usage', `"${part}": ${message}`, `expected ${expected}`);
  }
  const [set = [], ...later] = parsed.sets;
  if (later.length === 0) return set;
  throw new CliFault('usage', `"${text}" is more than one set of failures`, 'give one after the other');
}
