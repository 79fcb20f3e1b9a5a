import { expect, test } from 'vitest';
import { waitReporter } from './wait-reporter.ts';

/** What is written while one after the other holds the lead. */
function said(lab: { readonly name: string } | undefined, ...holders: readonly string[]): readonly string[] {
  const lines: string[] = [];
  const onWait = waitReporter({ write: (text: string) => lines.push(text) > 0 }, lab);
  for (const holder of holders) onWait(holder);
  return lines;
}

test('who leads is said once for each', () => {
  expect(said(undefined, 'a', 'a', 'b')).toEqual([
    'waiting: a leads the cluster\n',
    'waiting: b leads the cluster\n',
  ]);
});

test('on a lab it is said that pods stay as they are beside a controller, and what attaches them', () => {
  expect(said({ name: 'blue' }, 'vm_1')).toEqual([
    'waiting: vm_1 leads the cluster; if it is a berth-controller, pods of lab/blue stay unattached, and deleted ones Terminating, until it has ended and this one leads\n',
  ]);
});
