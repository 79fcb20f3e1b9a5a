import { expect, test } from 'vitest';
import type { Stage } from './stage.ts';
import { waitReporter } from './wait-reporter.ts';

/** What is written while one after the other holds the lead. */
function said(player: Stage['player'] | undefined, ...holders: readonly string[]): readonly string[] {
  const lines: string[] = [];
  const err = { write: (text: string) => lines.push(text) > 0 };
  const onWait = waitReporter(err, { name: 'blue' }, player && { player });
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
  expect(said('this', 'vm')).toEqual([line('this one')]);
  expect(said('another', 'vm')).toEqual([line('another berth run')]);
  expect(said('other-lead', 'vm')).toEqual([
    'waiting: vm leads the cluster; the nodes of lab/blue are left to who looked after its OVN last\n',
  ]);
});
