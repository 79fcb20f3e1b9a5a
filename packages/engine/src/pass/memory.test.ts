import { originKey, ownerKey } from '@berth/api';
import { emptyFabric, intentOf, statusWrites, withWrites } from '@berth/core';
import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf } from '@berth/ovsdb/value';
import { folderReader } from '@berth/source';
import { expect, test } from 'vitest';
import { memoryOf } from './memory.ts';
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

test('an intent is kept when NB changes, unless something is yet to be stored: then NB is looked at again', async () => {
  const { resources } = await settled();
  const memory = memoryOf(settings);
  const withNb = (rows: Record<string, object[]>) => ({
    ...emptyFabric,
    northbound: snapshotOf<NbTables>(nbSchema, rows),
  });
  const first = memory.intentOf(resources, withNb({}), settings);
  const port = {
    name: 'vpc1-external0',
    networks: new Set(['10.9.101.77/24']),
    external_ids: new Map([
      [ownerKey, 'default'],
      [originKey, 'vpc/vpc1'],
    ]),
  };
  const programmed = withNb({ Logical_Router_Port: [port] });
  expect(memory.intentOf(resources, programmed, settings)).toBe(first);
  const forgotten = { ...resources, OvnEip: [] };
  const fresh = memory.intentOf(forgotten, withNb({}), settings).writes;
  expect(fresh.length).toBeGreaterThan(0);
  const regained = memory.intentOf(forgotten, programmed, settings).writes;
  expect(regained).toEqual(intentOf(forgotten, programmed, settings).writes);
  expect(JSON.stringify(regained)).toContain('10.9.101.77');
  expect(JSON.stringify(fresh)).not.toContain('10.9.101.77');
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
