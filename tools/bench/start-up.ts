import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Measure } from './measure.ts';

const berth = join(import.meta.dirname, '../../bin/berth');

function start(...args: readonly string[]): void {
  const { status, stderr } = spawnSync(berth, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status !== 0) throw new Error(`berth ${args.join(' ')} ended with ${status}: ${stderr}`);
}

/** The command line, from typing it to its end. */
export const measures: readonly Measure[] = [
  { name: 'berth --help', goalMs: 200, repeats: 15, run: () => start('--help') },
  { name: 'berth version', goalMs: 200, repeats: 15, run: () => start('version') },
];
