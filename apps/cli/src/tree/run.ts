import { CommanderError } from 'commander';
import { type Environment, readEnvironment } from '../context/environment.ts';
import { openTerminal } from '../context/terminal.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../output/exit-code.ts';
import { faultLine } from '../output/fault-line.ts';
import { buildProgram } from './build.ts';
import { completionText, completionWord } from './completion.ts';
import type { Options } from './options.ts';
import { onCluster, pluginOf } from './plugin.ts';
import { program } from './program.ts';
import type { CommandSpec } from './spec.ts';

/** How long a command may go on after it was told to end. */
const graceMs = 5_000;

/** Runs one command line, as it follows the program's name; `calledAs` is the program's file. Never throws; resolves with the exit code. */
export async function runCommandLine(argv: readonly string[], calledAs = ''): Promise<ExitCode> {
  const environment = readEnvironment(process.env, calledAs);
  const { out, err } = openTerminal('auto', environment);
  let exitCode: ExitCode = exitCodes.fine;
  const tree = environment.asPlugin ? pluginOf(program) : program;
  if (argv[0] === completionWord) {
    out.write(completionText(tree, argv.slice(1)));
    return exitCode;
  }
  const root = buildProgram(
    tree,
    { out: out.write, err: err.write, columns: out.columns },
    async (spec, words, options) => {
      exitCode = await runCommand(spec, words, options, environment);
    },
  );
  try {
    await root.parseAsync(argv.length === 0 ? ['--help'] : argv, { from: 'user' });
    return exitCode;
  } catch (fault) {
    if (fault instanceof CommanderError) return fault.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
    err.write(faultLine(fault, err.style, true));
    return exitCodes.internal;
  }
}

async function runCommand(
  spec: CommandSpec,
  words: readonly string[],
  typed: Options,
  environment: Environment,
): Promise<ExitCode> {
  const options = environment.asPlugin ? onCluster(spec, typed) : typed;
  const terminal = openTerminal(options.color, environment);
  const interruption = new AbortController();
  const signalled = spec.ownsSignals ? undefined : ended(interruption.signal);
  const interrupt = (): void => interruption.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
  try {
    const { run } = await spec.load();
    const running = run({ words, options, terminal, environment, signal: interruption.signal });
    return await (signalled ? Promise.race([running, signalled]) : running);
  } catch (fault) {
    if (interruption.signal.aborted) return exitCodes.interrupted;
    terminal.err.write(faultLine(fault, terminal.err.style, options.verbose ?? false));
    return exitCodeOf(fault);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
  }
}

/** Resolves with 130 some time after the signal was aborted. */
function ended(signal: AbortSignal): Promise<ExitCode> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => setTimeout(resolve, graceMs, exitCodes.interrupted), {
      once: true,
    });
  });
}
