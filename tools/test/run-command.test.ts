import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { type CommandResult, runCommand } from './run-command.ts';

const options = { cwd: tmpdir(), env: process.env, limitMs: 20_000 };
const shell = (script: string, limitMs = 20_000) => runCommand(['sh', '-c', script], { ...options, limitMs });

test('output and exit code are those of the program', async () => {
  const result = await shell('echo out; echo err >&2; exit 3');
  expect(result).toMatchObject({ exitCode: 3, timedOut: false });
  expect(result.output.split('\n').toSorted()).toEqual(['', 'err', 'out']);
});

test('there is nothing to read on standard input', async () => {
  expect(await shell('cat; echo end')).toMatchObject({ exitCode: 0, output: 'end\n' });
});

test('the time limit ends the whole process group and is told', async () => {
  const result = await cutShort('sleep 60 & echo $!; wait');
  expect(result).toMatchObject({ exitCode: undefined, timedOut: true });
  const sleeper = Number(result.output.split('\n')[0]);
  await expect.poll(() => isAlive(sleeper)).toBe(false);
});

test('a process left behind with the output open is not waited for', async () => {
  const result = await shell('setsid sleep 30 & echo $!');
  expect(result).toMatchObject({ exitCode: 0, timedOut: false });
  const sleeper = Number(result.output);
  expect(isAlive(sleeper)).toBe(true);
  process.kill(sleeper);
});

test('a program that is not there is a result, not a throw', async () => {
  const result = await runCommand(['/no/such/program'], options);
  expect(result.exitCode).toBeUndefined();
  expect(result.output).toContain('ENOENT');
});

/** Runs a script with a limit that ends it once it has printed its number; a busy machine may take long to come so far. */
async function cutShort(script: string): Promise<CommandResult> {
  for (let limitMs = 200; ; limitMs *= 2) {
    const result = await shell(script, limitMs);
    if (/^\d+\n/.test(result.output)) return result;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
