import { resourceSetOf } from '@berth/api';
import type { NodeHealth } from '@berth/core';
import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { type RowsByTable, snapshotOf } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { type Bundle, bundleJson, parseBundle } from './bundle.ts';

const pem = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----';

const nbRows: RowsByTable<NbTables> = {
  NB_Global: [
    {
      options: new Map([
        ['mac_prefix', '0a:00:00'],
        ['ipsec_psk', 'hidden-1'],
        ['api-token', 'hidden-2'],
      ]),
    },
  ],
  Logical_Router: [
    {
      name: 'r',
      external_ids: new Map([
        ['note', pem],
        ['owner', 'me'],
        ['db_password', 'hidden-3'],
      ]),
    },
  ],
  SSL: [{ private_key: 'hidden-4', certificate: 'c', ca_cert: 'a' }],
  Connection: [{ target: 'pssl:hidden-5' }],
};

const bundle: Bundle = {
  savedAt: '2026-01-01T00:00:00Z',
  nb: snapshotOf<NbTables>(nbSchema, nbRows),
  sb: snapshotOf<SbTables>(sbSchema, {
    Chassis: [{ name: 'c', hostname: 'h' }],
    Logical_Flow: [{ match: 'hidden-6' }],
  }),
  reports: [{ node: 'node-1', chassis: 'c', ready: true, uplinks: new Map([['external0', false]]) }],
  objects: undefined,
};

function readBack(json: unknown): Bundle {
  const parsed = parseBundle(JSON.parse(JSON.stringify(json)));
  if (parsed.kind === 'invalid') throw new Error(parsed.why);
  return parsed.bundle;
}

test('what is read back is what was saved', () => {
  const back = readBack(bundleJson(bundle));
  expect(back.savedAt).toBe(bundle.savedAt);
  expect(back.reports).toEqual(bundle.reports);
  expect([...back.sb.table('Chassis')]).toEqual([...bundle.sb.table('Chassis')]);
  expect(back.nb.schema).toEqual(nbSchema);
  expect(bundleJson(back)).toEqual(bundleJson(bundle));
});

test('a report is read back with every field that there is', () => {
  const report: Required<NodeHealth> = {
    node: 'node-1',
    chassis: 'c',
    isFresh: false,
    ready: true,
    uplinks: new Map([
      ['external0', false],
      ['external1', true],
    ]),
    controllerRuns: false,
    controllerConnected: false,
    controllerHangs: true,
    flowsInstalled: true,
    fenced: new Set(['0a:00:00:00:00:01', '0a:00:00:00:00:02']),
    tunnels: new Map([['c-2', false]]),
    checked: new Map([
      ['external0 0 192.0.2.1', '0a:00:00:00:00:03'],
      ['external0 0 192.0.2.2', undefined],
    ]),
  };
  const bare: NodeHealth = { node: 'node-2' };
  const reports = [report, bare];
  expect(readBack(bundleJson({ ...bundle, reports })).reports).toStrictEqual(reports);
});

test('no secret is in it', () => {
  const text = JSON.stringify(bundleJson(bundle));
  expect(text).not.toMatch(/hidden-\d|PRIVATE KEY/);
  const [router] = readBack(bundleJson(bundle)).nb.table('Logical_Router');
  expect(router?.external_ids).toEqual(new Map([['owner', 'me']]));
  const [global] = readBack(bundleJson(bundle)).nb.table('NB_Global');
  expect(global?.options).toEqual(new Map([['mac_prefix', '0a:00:00']]));
});

test('objects come without what other programs noted on them', () => {
  const objects = resourceSetOf([]);
  const back = readBack(bundleJson({ ...bundle, objects }));
  expect(back.objects).toEqual(objects);
});

test.each([
  [null, 'did not write it'],
  [{ kind: 'Bundle', apiVersion: 'bundle.berth.dev/v2' }, 'bundle.berth.dev/v2'],
  [{ kind: 'Bundle', apiVersion: 'bundle.berth.dev/v1' }, 'damaged'],
  [{ ...bundleJson(bundle), nb: { schema: {}, tables: [] } }, 'damaged: nb'],
])('%# is no bundle', (json, why) => {
  expect(parseBundle(json)).toEqual({ kind: 'invalid', why: expect.stringContaining(why) });
});
