import { emptyFabric, intentOf, statusWrites, withWrites } from '@berth/core';
import { folderReader } from '@berth/source';
import { expect, test } from 'vitest';
import { memoryOf } from './pass.ts';
import { preview } from './prepare.ts';

const settings = { instance: 'default', defaultExternalSubnet: 'external0' };
const folder = new URL('../../../../examples/01-field-story', import.meta.url).pathname;
const [morning, noon] = ['2026-01-01T08:00:00Z', '2026-01-01T12:00:00Z'];

async function settled() {
  await using reader = folderReader({ folder, now: () => morning });
  const { listing, result } = await preview(reader, emptyFabric, settings);
  return { resources: listing.resources, ...result };
}

test('an intent is what it is without a memory, and the same object while nothing changes', async () => {
  const { resources } = await settled();
  const memory = memoryOf(settings);
  const first = memory.intentOf(resources, emptyFabric, settings);
  expect(first).toEqual(intentOf(resources, emptyFabric, settings));
  expect(memory.intentOf({ ...resources }, { ...emptyFabric }, { ...settings })).toBe(first);
  const claimed = { ...emptyFabric, claims: new Map([['a', 'b']]) };
  expect(memory.intentOf(resources, claimed, settings)).not.toBe(first);
  expect(memory.intentOf({ ...resources, Pod: [] }, emptyFabric, settings)).not.toEqual(first);
});

test('a status is told until it is stored, and then no more, whatever the time', async () => {
  const { resources, intent, findings } = await settled();
  const memory = memoryOf(settings);
  const asked = { resources, intent, findings, fabric: emptyFabric, now: morning };
  const writes = memory.statusWrites(asked);
  expect(writes).toEqual(statusWrites(asked));
  expect(writes.length).toBeGreaterThan(0);
  const later = { ...asked, now: noon };
  expect(memory.statusWrites(later)).toEqual(statusWrites(later));
  const stored = { ...asked, resources: withWrites(resources, writes) };
  expect(memory.statusWrites(stored)).toEqual([]);
  expect(memory.statusWrites({ ...stored, now: noon })).toEqual([]);
  const forgotten = { ...stored, resources };
  expect(memory.statusWrites(forgotten)).toEqual(statusWrites(forgotten));
});
