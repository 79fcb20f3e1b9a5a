import { formatRef, keepAnnotation, originKey, type ResourceSet, refOf } from '@berth/api';
import { fabricOf } from '@berth/core';
import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { type Snapshot, snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { folderReader } from '@berth/source';
import { expect, test } from 'vitest';
import { tried } from '../pass/check-plan.ts';
import { memoryOf } from '../pass/memory.ts';
import { settle } from '../pass/prepare.ts';
import { givingBackOf } from './giving-back.ts';

const folder = new URL('../../../../examples/05-dual-stack-fip', import.meta.url).pathname;
const settings = { instance: 'default', defaultExternalSubnet: 'external' };
const chassis: Partial<SbTables['Chassis']> = {
  _uuid: '00000000-0000-4000-8000-000000000001' as Uuid,
  ...{ name: 'chassis-1', hostname: 'vnode-103-176' },
  other_config: new Map([['ovn-bridge-mappings', 'external0:br-external0']]),
};

test('who is killed once rows are given back, and before objects are stored, stores the same the next time', async () => {
  await using reader = folderReader({ folder, now: () => '2026-01-01T00:00:00Z' });
  const { resources: listed } = await reader.list();
  const keep = '{"placement":"distributed"}';
  const resources = { ...listed, OvnFip: listed.OvnFip.map((fip) => withKeep(fip, keep)) };
  const sb = snapshotOf<SbTables>(sbSchema, { Chassis: [chassis] });
  const world = (nb: Snapshot<NbTables>) => ({ fabric: fabricOf(nb, sb), observed: nb, settings });
  const empty = snapshotOf<NbTables>(nbSchema, { NB_Global: [{}] });
  const found = settle(resources, world(empty).fabric, settings);
  const carriedOut = (changes: Parameters<typeof tried>[0], nb: Snapshot<NbTables>) => {
    const outcome = tried(changes, nb);
    if (outcome.kind !== 'committed') throw new Error('refused');
    return outcome.snapshot;
  };
  const made = carriedOut(memoryOf(settings).planner.plan(found.result.intent, empty).changes, empty);
  const before = ofOthersButOne(made);
  const input = { resources: found.resources, ...world(before) };
  const taking = memoryOf({ ...settings, adopt: true }).planner.plan(found.result.intent, before);
  const taken = carriedOut(taking.changes, before);

  const first = givingBackOf({ ...input, ...world(taken) });
  const names = first.writes.map(({ object }) => formatRef(refOf(object)));
  expect(first.staying.flatMap(({ object }) => object ?? []).map(formatRef)).toEqual(['ovn-fip/web']);
  expect(names).toContain('ovn-fip/web');
  const second = givingBackOf({ ...input, ...world(carriedOut(first.plan.changes, taken)) });
  expect(second.plan.changes).toEqual([]);
  expect(second.writes).toEqual(first.writes);
  expect(second.staying).toEqual(first.staying);
});

function withKeep(fip: ResourceSet['OvnFip'][number], text: string): ResourceSet['OvnFip'][number] {
  const annotations = { ...fip.metadata.annotations, [keepAnnotation]: text };
  return { ...fip, metadata: { ...fip.metadata, annotations } };
}

/** All rows as somebody else makes them, without marks and with UUIDs of their own, but one of the NAT rows, which is Berth's to make. */
function ofOthersButOne(nb: Snapshot<NbTables>): Snapshot<NbTables> {
  const whole: Snapshot = nb;
  const own = [...nb.table('NAT')].find(
    ({ external_ip: ip, external_ids: ids }) => ip.includes(':') && ids.get(originKey) === 'ovn-fip/web',
  );
  const text = (value: unknown): unknown => {
    if (value instanceof Set) return new Set([...value].filter((atom) => atom !== own?._uuid).map(text));
    return typeof value === 'string' && isOurs.has(value) ? value.replace(/^.{8}/, '00000000') : value;
  };
  const tables = whole.tableNames.filter((table) => whole.table(table).size > 0);
  const isOurs = new Set<string>(
    tables.flatMap((table) => [...whole.table(table)].map(({ _uuid }) => _uuid)),
  );
  const rowsOf = (table: string) =>
    [...whole.table(table)]
      .filter(({ _uuid }) => _uuid !== own?._uuid)
      .map((row) => ({
        ...Object.fromEntries(Object.entries(row).map(([name, value]) => [name, text(value)])),
        external_ids: new Map(),
      }));
  return snapshotOf<NbTables>(nbSchema, Object.fromEntries(tables.map((table) => [table, rowsOf(table)])));
}
