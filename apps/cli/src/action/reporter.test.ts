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

/** A reporter of a session without rows, and what it has told since that was asked last. */
function reporting() {
  const session = {
    ovn: { northbound: { snapshot: () => ({ table: () => [] }) } },
    settings: { instance: 'berth' },
  } as unknown as Session;
  const told: string[] = [];
  const screen = { write: (more: string) => void told.push(more), style: styleOf(false), columns: undefined };
  const terminal = { out: screen, err: screen, isInteractive: false, confirm: async () => false };
  const reporter = reporterOf(session, terminal, { folder: 'f', present: new Map(), isJson: false });
  return { reporter, told: () => told.splice(0).join('') };
}

/** What is told of findings, one pass after another. */
function toldOf(...passes: readonly (readonly Finding[])[]): readonly string[] {
  const { reporter, told } = reporting();
  return passes.map((findings) => {
    reporter.found(findings);
    return told();
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

test('a pod that got back what was taken away inside it is an event', () => {
  const { reporter, told } = reporting();
  reporter.mended([]);
  expect(told()).toBe('');
  reporter.mended(['pod/default/web']);
  expect(told()).toMatch(
    /^event {4}pod\/default\/web {2}Restored: it has the addresses and routes back .*\n$/,
  );
});
