import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SourceFault } from '../fault.ts';
import { decodeState } from './codec.ts';
import { loadState, saveState } from './state-file.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'berth-state-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('what is saved is loaded', async () => {
  expect(await loadState(folder)).toBeUndefined();
  await saveState(folder, 'one');
  await saveState(folder, 'two');
  expect(await loadState(folder)).toBe('two');
  expect(await readdir(folder)).toEqual(['state.json']);
});

test('a save that fails leaves the old state', async () => {
  await saveState(folder, 'one');
  const blocked = path.join(folder, 'file');
  await writeFile(blocked, '');
  await expect(saveState(path.join(blocked, 'state'), 'two')).rejects.toBeInstanceOf(SourceFault);
  expect(await loadState(folder)).toBe('one');
});

test('a writer that is killed at any moment leaves a whole state, never older than the last it reported', async () => {
  let highest = 0;
  for (let round = 0; round < 8; round += 1) {
    const writer = startWriter(folder, highest);
    const reported = await killAfter(writer, round % 2 === 0 ? 5 + round : 40 + round * 3);
    const text = await loadState(folder);
    const epoch = text === undefined ? 0 : decodeState(text, 'state.json').state.epoch;
    expect(epoch).toBeGreaterThanOrEqual(Math.max(reported, highest));
    highest = epoch;
  }
  expect(highest).toBeGreaterThan(0);
}, 180_000);

/** A process that stores ever higher epochs with 8 MB of objects, and reports each that is stored. */
function startWriter(at: string, from: number): ChildProcess {
  const here = (name: string) => JSON.stringify(path.join(import.meta.dirname, name));
  const script = `
    import { encodeState } from ${here('codec.ts')};
    import { saveState } from ${here('state-file.ts')};
    import { nothingFilled } from ${here('state.ts')};
    const annotations = { filler: 'x'.repeat(400_000) };
    const metadata = { name: 'x', generation: 1, labels: {}, annotations, finalizers: [], ownerReferences: [] };
    const own = { apiVersion: 'kubeovn.io/v1', kind: 'OvnEip', metadata, spec: {} };
    const entry = { uid: 'u', generation: 1, creationTimestamp: 't', finalizers: [], own, filled: nothingFilled };
    const entries = new Map(Array.from({ length: 20 }, (_, n) => ['OvnEip//e' + n, entry]));
    const [before, after] = encodeState({ epoch: 0, entries }).split('"epoch":0');
    for (let epoch = ${from} + 1; ; epoch += 1) {
      await saveState(${JSON.stringify(at)}, before + '"epoch":' + epoch + after);
      process.stdout.write(epoch + '\\n');
    }`;
  return spawn(process.execPath, ['--conditions=berth-source', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Kills the writer some time after its first report; the last number it reported. */
async function killAfter(writer: ChildProcess, delayMs: number): Promise<number> {
  const ended = once(writer, 'exit');
  let output = '';
  writer.stdout?.on('data', (data) => {
    if (output === '') setTimeout(() => writer.kill('SIGKILL'), delayMs);
    output += data;
  });
  await ended;
  const whole = output.slice(0, output.lastIndexOf('\n'));
  return Number(whole.split('\n').at(-1));
}
