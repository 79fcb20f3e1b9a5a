import { CommanderError } from 'commander';
import { pino } from 'pino';
import { readFlags, type Settings } from './flags.ts';
import { codeOf, faultFields } from './log.ts';
import { runController } from './run.ts';

/** Codes of faults that another controller or a wrong database is to blame for; the supervisor starts us again. */
const cannotTell: readonly string[] = ['fenced', 'not-ovn', 'lease-lost'];

/**
 * The program: runs until SIGINT or SIGTERM. Gives the exit code: 0 when it was stopped, 2 when what it works on cannot be
 * worked on, 64 for a command line that it does not understand, 65 for a kubeconfig that cannot be used, 70 for a fault of ours.
 */
export async function main(argv: readonly string[]): Promise<number> {
  let settings: Settings;
  try {
    settings = readFlags(argv, {
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(text),
    });
  } catch (fault) {
    if (fault instanceof CommanderError) return fault.exitCode === 0 ? 0 : 64;
    throw fault;
  }
  const log = pino({ level: settings.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  try {
    await runController(settings, { log, signal: stop.signal });
    return 0;
  } catch (fault) {
    log.fatal(faultFields(fault), 'stopped');
    const code = codeOf(fault);
    return code === 'cluster-config' ? 65 : cannotTell.includes(code) ? 2 : 70;
  }
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
