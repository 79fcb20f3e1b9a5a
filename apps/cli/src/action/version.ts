import { berthVersion } from '../context/berth-version.ts';
import type { Invocation } from '../context/invocation.ts';
import { answer, jsonText } from '../output/answer.ts';
import { type ExitCode, exitCodes } from '../output/exit-code.ts';
import type { VersionAnswer } from '../schema/version.ts';

export async function run({ options, terminal }: Invocation): Promise<ExitCode> {
  const versions: VersionAnswer = answer('Version', [], { berth: berthVersion, node: process.version });
  terminal.out.write(
    options.output === 'json' ? jsonText(versions) : `berth ${versions.berth} (Node ${versions.node})\n`,
  );
  return exitCodes.fine;
}
