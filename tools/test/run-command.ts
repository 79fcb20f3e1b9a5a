import { spawn } from 'node:child_process';

/** How a command ended. */
export type CommandResult = {
  /** Absent when a signal ended it, the time limit included. */
  readonly exitCode: number | undefined;
  readonly timedOut: boolean;
  /** Standard output and standard error as they came. */
  readonly output: string;
};

export type CommandOptions = {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly limitMs: number;
  readonly signal?: AbortSignal;
};

const terminationGraceMs = 5_000;
const pipeGraceMs = 1_000;

/**
 * Runs a program without standard input in a process group of its own; the group is ended at the time limit or when
 * `signal` fires. A process that outlives the program and holds its output open is not waited for. Never throws: a
 * program that cannot be started has no exit code and says why in its output.
 */
export function runCommand(
  [program = '', ...args]: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const { cwd, env, limitMs, signal } = options;
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let timedOut = false;
    let exitCode: number | undefined;
    for (const pipe of [child.stdout, child.stderr]) {
      pipe.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }

    const killGroup = (name: NodeJS.Signals): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, name);
      } catch {
        // The group is gone already.
      }
    };
    const end = (): void => {
      killGroup('SIGTERM');
      setTimeout(killGroup, terminationGraceMs, 'SIGKILL').unref();
    };
    const limit = setTimeout(() => {
      timedOut = true;
      output += `\nended: it took longer than ${limitMs / 1000} s\n`;
      end();
    }, limitMs);
    signal?.addEventListener('abort', end, { once: true });

    let settled = false;
    const settle = (): void => {
      if (settled) return;
      settled = true;
      clearTimeout(limit);
      signal?.removeEventListener('abort', end);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ exitCode, timedOut, output });
    };
    child.on('error', (error) => {
      output += `${error.message}\n`;
      settle();
    });
    child.on('exit', (code) => {
      exitCode = code ?? undefined;
      setTimeout(settle, pipeGraceMs);
    });
    child.on('close', settle);
  });
}
