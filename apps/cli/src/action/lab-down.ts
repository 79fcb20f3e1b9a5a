import { LabFault } from '@berth/lab';
import type { Invocation } from '../context/invocation.ts';
import { findPlace, requireLab } from '../context/place.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';

export async function run({ options, environment, terminal: { out, err } }: Invocation): Promise<ExitCode> {
  try {
    const lab = requireLab(findPlace(options, environment));
    await lab.down();
    out.write(`lab/${lab.name} down\n`);
  } catch (fault) {
    if (!(fault instanceof LabFault) || fault.code !== 'lab-not-found') throw fault;
    err.write(`${fault.message}: nothing to do\n`);
  }
  return exitCodes.fine;
}
