import { expect, test } from 'vitest';
import { waitReporter } from './wait-reporter.ts';

/** What is written while one after the other holds the lead. */
function said(isPlaying: boolean | undefined, ...holders: readonly string[]): readonly string[] {
  const lines: string[] = [];
  const err = { write: (text: string) => lines.push(text) > 0 };
  const onWait = waitReporter(err, { name: 'blue' }, isPlaying === undefined ? undefined : { isPlaying });
  for (const holder of holders) onWait(holder);
  return lines;
}

test('who leads is said once for each', () => {
  expect(said(undefined, 'a', 'a', 'b')).toEqual([
    'waiting: a leads the cluster\n',
    'waiting: b leads the cluster\n',
  ]);
});

test('on a lab it is said who plays its nodes meanwhile', () => {
  const line = (who: string) =>
    `waiting: vm leads the cluster; ${who} plays agents and kubelets of lab/blue meanwhile\n`;
  expect(said(true, 'vm')).toEqual([line('this one')]);
  expect(said(false, 'vm')).toEqual([line('another berth run')]);
});
