import { CliFault } from '../context/cli-fault.ts';
import type { Invocation } from '../context/invocation.ts';
import { findPlace, requireLab } from '../context/place.ts';
import type { ExitCode } from '../output/exit-code.ts';

/** A terminal sends SIGINT to the program itself; SIGTERM reaches only this process, which then ends the program. */
export async function run({ words, options, environment }: Invocation): Promise<ExitCode> {
  const lab = requireLab(findPlace(options, environment));
  const [where = '', ...rest] = words;
  const argv = rest[0] === '--' ? rest.slice(1) : rest;
  if (argv.length === 0) throw new CliFault('usage', 'there is no program to run', 'name one after --');
  const termination = new AbortController();
  const terminate = (): void => termination.abort();
  process.once('SIGTERM', terminate);
  try {
    const { exitCode } = await lab.exec(where, argv, { stdio: 'inherit', signal: termination.signal });
    return exitCode;
  } finally {
    process.off('SIGTERM', terminate);
  }
}
