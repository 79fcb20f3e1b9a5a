import { parseResource, type Resource } from '@berth/api';
import { expect, test } from 'vitest';
import { eventsOf } from './event.ts';

const how = () => ({ suffix: 'f', at: '2026-01-01T00:00:00.000000Z', instance: 'controller-1' });

function fip(status: string, reason: string, message: string): Resource {
  const parsed = parseResource({
    apiVersion: 'kubeovn.io/v1',
    kind: 'OvnFip',
    metadata: { name: 'web', uid: 'u' },
    spec: { ovnEip: 'web', ipName: 'web.default' },
    status: { conditions: [{ type: 'Ready', status, reason, message }] },
  });
  if (!parsed.ok) throw new Error('no floating IP');
  return parsed.resource;
}

test('tells of a change, and of nothing else', () => {
  const before = fip('False', 'Pending', 'waits');
  expect(eventsOf(before, before, how)).toEqual([]);
  expect(eventsOf(before, fip('True', 'Programmed', 'node-1 answers'), how)).toMatchObject([
    {
      type: 'Normal',
      reason: 'Programmed',
      note: 'node-1 answers',
      metadata: { name: 'web.f', namespace: 'default' },
      regarding: { apiVersion: 'kubeovn.io/v1', kind: 'OvnFip', name: 'web', uid: 'u' },
    },
  ]);
  expect(eventsOf(undefined, fip('False', 'NoGateway', 'none'), how)).toMatchObject([{ type: 'Warning' }]);
});

test('the name of an event is one, wherever the name of a long object is cut', () => {
  const long = fip('True', 'Programmed', 'fine');
  const name = `${'a'.repeat(199)}-${'b'.repeat(40)}`;
  const [event] = eventsOf(undefined, { ...long, metadata: { ...long.metadata, name } }, how);
  expect(event?.metadata.name).toBe(`${'a'.repeat(199)}.f`);
});

test('a note is never longer than the API allows, which counts bytes', () => {
  for (const text of ['x', 'é', '’', '🚢']) {
    const [event] = eventsOf(undefined, fip('False', 'NoGateway', text.repeat(5_000)), how);
    const note = String(event?.['note']);
    expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1_024);
    expect(Buffer.byteLength(note)).toBeGreaterThan(1_020);
    expect(note).toBe(`${text.repeat([...note].length - 1)}…`);
  }
  const whole = '’'.repeat(341);
  expect(eventsOf(undefined, fip('False', 'NoGateway', whole), how)).toMatchObject([{ note: whole }]);
});
