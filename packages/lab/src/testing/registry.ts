import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Points this process at a registry of its own, with a short path, and gives the way back. */
export function privateRegistry(): { readonly directory: string; restore(): void } {
  const before = process.env['XDG_RUNTIME_DIR'];
  const directory = mkdtempSync('/tmp/bl-');
  process.env['XDG_RUNTIME_DIR'] = directory;
  return {
    directory,
    restore() {
      if (before === undefined) delete process.env['XDG_RUNTIME_DIR'];
      else process.env['XDG_RUNTIME_DIR'] = before;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The processes of all labs under a directory, wherever they are: it is in the command line of each. */
export function processesUnder(directory: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return line.includes(`${directory}/berth/labs`) ? [`${pid} ${line}`] : [];
      } catch {
        return [];
      }
    });
}

/** Runs a TypeScript module in another process, with `@berth/lab` within reach. */
export function otherProcess(program: string, wrapper: readonly string[] = []) {
  const node = [process.execPath, '--conditions=berth-source', '--input-type=module', '-e', program];
  const [file = '', ...words] = [...wrapper, ...node];
  const child = spawn(file, words, {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: process.env,
  });
  let output = '';
  const ended = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 128)));
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const printed = (text: string) =>
    eventually(
      () => output.includes(text),
      () => `"${text}" in: ${output}`,
    );
  return { child, ended, printed, output: () => output };
}

/** Waits until the condition holds; gives up after a minute, saying what was waited for. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  what: () => string = () => String(condition),
): Promise<void> {
  const until = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > until) throw new Error(`did not come about: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
