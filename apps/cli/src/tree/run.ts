import { CommanderError } from 'commander';
import { asideOn, awaitedBy, withAside } from '../context/aside.ts';
import { CliFault } from '../context/cli-fault.ts';
import { type Environment, readEnvironment } from '../context/environment.ts';
import { openTerminal, type Terminal } from '../context/terminal.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../output/exit-code.ts';
import { faultLine } from '../output/fault-line.ts';
import { buildProgram } from './build.ts';
import { completionText, completionWord, type NamesOf } from './completion.ts';
import { type Options, withLab } from './options.ts';
import { onCluster, pluginOf } from './plugin.ts';
import { program } from './program.ts';
import type { CommandSpec } from './spec.ts';
import { spelledOut } from './spelled-out.ts';

/** How long a command may go on after it was told to end. */
const graceMs = 5_000;

/** Runs one command line, as it follows the program's name; `calledAs` is the program's file. Never throws; resolves with the exit code. */
export async function runCommandLine(argv: readonly string[], calledAs = ''): Promise<ExitCode> {
  const environment = readEnvironment(process.env, calledAs);
  return await runOn(argv, environment, (when) => openTerminal(when, environment));
}

/** Opens where answers go, in colours or not. */
type TerminalOf = (when: Options['color']) => Terminal;

/** The same on any terminal. */
export async function runOn(
  argv: readonly string[],
  environment: Environment,
  terminalOf: TerminalOf,
): Promise<ExitCode> {
  const { out, err } = terminalOf('auto');
  let exitCode: ExitCode = exitCodes.fine;
  const tree = environment.asPlugin ? pluginOf(program) : program;
  if (argv[0] === completionWord) {
    out.write(await completed(tree, argv.slice(1), environment));
    return exitCode;
  }
  const root = buildProgram(
    tree,
    { out: out.write, err: err.write, columns: out.columns },
    async (spec, words, options) => {
      exitCode = await runCommand(spec, words, options, environment, terminalOf(options.color));
    },
  );
  try {
    await root.parseAsync(spelledOut(argv, tree), { from: 'user' });
    return exitCode;
  } catch (fault) {
    if (fault instanceof CommanderError) return fault.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
    err.write(faultLine(fault, err.style, true));
    return exitCodes.internal;
  }
}

/** How long somebody at a prompt is kept waiting for names that are not there at once. */
const namesLimitMs = 300;

/** What a shell offers. Whatever goes wrong, a prompt is no place to tell of it: there is nothing to offer then. */
async function completed(
  tree: typeof program,
  words: readonly string[],
  environment: Environment,
): Promise<string> {
  const { namesInUse } = await import('../context/names-in-use.ts');
  const namesOf: NamesOf = (spec, typed) => {
    const aliased = withLab(typed);
    const options = environment.asPlugin ? onCluster(spec, aliased) : aliased;
    return namesInUse(options, environment, namesLimitMs);
  };
  return completionText(tree, words, namesOf).catch(() => ':4\n');
}

async function runCommand(
  spec: CommandSpec,
  words: readonly string[],
  typed: Options,
  environment: Environment,
  terminal: Terminal,
): Promise<ExitCode> {
  const interruption = new AbortController();
  const signalled = spec.ownsSignals ? undefined : ended(interruption.signal);
  const aside = asideOn(terminal.err.write, interruption.signal);
  const interrupt = (): void => {
    const what = interruption.signal.aborted ? undefined : awaitedBy(aside);
    if (what !== undefined) terminal.err.write(`interrupted while waiting for ${what}\n`);
    interruption.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
  try {
    refuse(spec, typed);
    const aliased = withLab(typed);
    const options = environment.asPlugin ? onCluster(spec, aliased) : aliased;
    const { run } = await spec.load();
    const running = withAside(aside, () =>
      run({ words, options, terminal, environment, signal: interruption.signal }),
    );
    return await (signalled ? Promise.race([running, signalled]) : running);
  } catch (fault) {
    if (interruption.signal.aborted) return exitCodes.interrupted;
    terminal.err.write(faultLine(fault, terminal.err.style, typed.verbose ?? false));
    return exitCodeOf(fault);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
  }
}

/** Throws CliFault `usage` for an option that the command cannot take, with what to do instead. */
function refuse({ name, refused }: CommandSpec, typed: Options): void {
  const given = refused?.options.find((option) => typed[option] !== undefined);
  if (!refused || given === undefined) return;
  throw new CliFault('usage', `berth ${name} takes no --${given}: ${refused.why}`, refused.instead);
}

/** Resolves with 130 some time after the signal was aborted. */
function ended(signal: AbortSignal): Promise<ExitCode> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => setTimeout(resolve, graceMs, exitCodes.interrupted), {
      once: true,
    });
  });
}
