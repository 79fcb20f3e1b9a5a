import { join } from 'node:path';
import { LabFault } from '../fault.ts';
import { plainBash } from '../script/bash.ts';
import { quote } from '../script/quote.ts';
import { type Captured, type CaptureOptions, captureInside } from './capture.ts';
import type { Entrance } from './enter.ts';

/**
 * Runs lines of bash in `central`, with the functions of the lab's `lab.sh`. Resolves with what it printed; throws
 * {@link LabFault} `lab-script-failed` with the end of its standard error when it exits other than 0.
 */
export async function runScript(
  entrance: Entrance,
  directory: string,
  what: string,
  text: string,
  options: CaptureOptions = {},
): Promise<string> {
  const script = `. ${quote(join(directory, 'lab.sh'))}\n${text}`;
  const result: Captured = await captureInside(
    entrance,
    undefined,
    [...plainBash, '-c', script, `lab: ${what}`],
    options,
  );
  if (result.exitCode === 0) return result.stdout;
  const said = result.stderr.trim().split('\n').slice(-5).join('\n');
  throw new LabFault(
    'lab-script-failed',
    `${what}: ${said || `exit code ${result.exitCode}`}`,
    `look at the logs in ${directory}`,
  );
}
