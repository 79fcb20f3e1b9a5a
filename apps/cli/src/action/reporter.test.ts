import { type Finding, finding } from '@berth/core';
import { expect, test } from 'vitest';
import type { Session } from '../context/session.ts';
import { styleOf } from '../output/style.ts';
import { reporterOf } from './reporter.ts';

const unreadable = (why: string): Finding =>
  finding('keep-unreadable', {
    object: { kind: 'OvnFip', name: 'web' },
    message: `it cannot be read (${why})`,
    cure: 'remove it',
  });

/** What is told of findings, one pass after another. */
function toldOf(...passes: readonly (readonly Finding[])[]): readonly string[] {
  const session = {
    ovn: { northbound: { snapshot: () => ({ table: () => [] }) } },
    settings: { instance: 'berth' },
  } as unknown as Session;
  const told: string[] = [];
  const screen = { write: (more: string) => void told.push(more), style: styleOf(false), columns: undefined };
  const terminal = { out: screen, err: screen, isInteractive: false, confirm: async () => false };
  const reporter = reporterOf(session, terminal, { folder: 'f', present: new Map(), isJson: false });
  return passes.map((findings) => {
    reporter.found(findings);
    return told.splice(0).join('');
  });
}

test('a finding in other words is told anew and not as resolved, until nothing is left of it', () => {
  const [first, reworded, same, gone] = toldOf([unreadable('a')], [unreadable('b')], [unreadable('b')], []);
  expect(first).toContain('it cannot be read (a)');
  expect(reworded).toContain('it cannot be read (b)');
  expect(reworded).not.toContain('resolved');
  expect(same).toBe('');
  expect(gone).toBe('resolved ovn-fip/web  keep-unreadable\n');
});
