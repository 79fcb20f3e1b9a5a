import { describe, expect, test } from 'vitest';
import type { Json } from '../value/json.ts';
import { readDatabaseFile } from './read-database-file.ts';
import { sha1 } from './sha1.ts';

const schema = {
  name: 'D',
  version: '1.0.0',
  tables: {
    T: { columns: { name: { type: 'string' }, tags: { type: { key: 'string', min: 0, max: 'unlimited' } } } },
  },
};
const a = '00000000-0000-4000-8000-00000000000a';
const b = '00000000-0000-4000-8000-00000000000b';

const encode = (text: string) => new TextEncoder().encode(text);

function fileOf(magic: 'JSON' | 'CLUSTER', records: readonly Json[]): Uint8Array {
  const parts = records.map((record) => {
    const body = `${JSON.stringify(record)}\n`;
    const bytes = encode(body);
    return `OVSDB ${magic} ${bytes.length} ${sha1(bytes)}\n${body}`;
  });
  return encode(parts.join(''));
}

const namesIn = (bytes: Uint8Array, allowTruncated = false) =>
  [...readDatabaseFile(bytes, { allowTruncated }).snapshot.table('T')]
    .map((row) => [row['name'], row['tags']])
    .sort();

describe('a standalone file', () => {
  const records = [
    schema,
    { _date: 1, T: { [a]: { name: 'ä', tags: ['set', ['x', 'y']] }, [b]: { name: 'B' } } },
    { _date: 2, _is_diff: true, T: { [a]: { tags: ['set', ['y', 'z']] } } },
    { _date: 3, T: { [a]: { name: 'A' }, [b]: null } },
  ];

  test('is its transactions one after another, values and differences', () => {
    const file = readDatabaseFile(fileOf('JSON', records), { indexes: { T: [['name']] } });
    expect(file).toMatchObject({ kind: 'standalone', transactions: 3, schema: { name: 'D' } });
    expect(file.snapshot.table('T').find({ name: 'A' })).toEqual([
      { _uuid: a, name: 'A', tags: new Set(['x', 'z']) },
    ]);
    expect(file.snapshot.table('T').size).toBe(1);
  });

  test('that holds the schema only is an empty database', () => {
    expect(namesIn(fileOf('JSON', [schema]))).toEqual([]);
  });

  test('that ends early is refused at any place, or read up to its last whole record', () => {
    const bytes = fileOf('JSON', records);
    const starts = [1, 2, 3].map((count) => fileOf('JSON', records.slice(0, count)).length);
    for (let size = 1; size < bytes.length; size += 7) {
      const cut = bytes.subarray(0, size);
      if (starts.includes(size)) continue;
      expect(() => readDatabaseFile(cut), `${size} bytes`).toThrow(
        expect.objectContaining({ code: 'truncated-file', retry: 'never' }),
      );
    }
    const [, , last = 0] = starts;
    expect(namesIn(bytes.subarray(0, last + 90), true)).toEqual(namesIn(bytes.subarray(0, last)));
    expect(namesIn(bytes.subarray(0, last + 5), true)).toEqual(namesIn(bytes.subarray(0, last)));
  });

  test('with one byte changed is refused', () => {
    const bytes = fileOf('JSON', records);
    for (let place = 0; place < bytes.length; place += 3) {
      const damaged = bytes.slice();
      damaged[place] = (damaged[place] ?? 0) ^ 1;
      expect(() => readDatabaseFile(damaged), `byte ${place}`).toThrow(
        expect.objectContaining({
          code: expect.stringMatching(/^(corrupt-file|not-a-database|truncated-file)$/),
        }),
      );
    }
  });
});

describe('a clustered file', () => {
  const header = {
    server_id: a,
    local_address: 'tcp:10.0.0.1:6643',
    name: 'D',
    cluster_id: b,
    prev_term: 0,
    prev_index: 1,
    prev_servers: { [a]: 'tcp:10.0.0.1:6643' },
    prev_data: [schema, { T: { [a]: { name: 'old' } } }],
    prev_eid: a,
  };
  const entry = (index: number, term: number, data: Json) => ({ term, index, eid: a, data });

  test('is its snapshot and its log, without entries that were overwritten', () => {
    const bytes = fileOf('CLUSTER', [
      header,
      { term: 1, vote: a },
      entry(2, 1, [null, { T: { [a]: { name: 'new' } } }]),
      entry(3, 1, [null, { T: { [b]: { name: 'lost' } } }]),
      entry(4, 1, [null, { T: { [b]: { name: 'lost too' } } }]),
      { commit_index: 2 },
      entry(3, 2, [null, { _is_diff: true, T: { [a]: { tags: 'x' } } }]),
      { term: 2, index: 4, servers: { [b]: 'tcp:10.0.0.2:6643', [a]: 'tcp:10.0.0.1:6643' } },
      { note: 'left' },
    ]);
    expect(namesIn(bytes)).toEqual([['new', new Set(['x'])]]);
    expect(readDatabaseFile(bytes).member).toEqual({
      clusterId: b,
      serverId: a,
      localAddress: 'tcp:10.0.0.1:6643',
      memberAddresses: ['tcp:10.0.0.1:6643', 'tcp:10.0.0.2:6643'],
      index: 3,
    });
    expect(readDatabaseFile(fileOf('CLUSTER', [header])).member?.memberAddresses).toEqual([
      'tcp:10.0.0.1:6643',
    ]);
  });

  test('begins anew with a change of schema', () => {
    const newer = { ...schema, version: '2.0.0' };
    const bytes = fileOf('CLUSTER', [header, entry(2, 1, [newer, { T: { [b]: { name: 'converted' } } }])]);
    expect(namesIn(bytes)).toEqual([['converted', new Set()]]);
    expect(readDatabaseFile(bytes).schema.version).toBe('2.0.0');
  });

  test('of a member that has not joined holds nothing', () => {
    const bytes = fileOf('CLUSTER', [
      { server_id: a, local_address: 'x', name: 'D', remote_addresses: ['y'] },
    ]);
    expect(() => readDatabaseFile(bytes)).toThrow(expect.objectContaining({ code: 'not-a-database' }));
  });
});

const wrong: readonly (readonly [string, Uint8Array, string])[] = [
  ['an empty file', new Uint8Array(), 'not-a-database'],
  ['a text', encode('hello\nworld\n'), 'not-a-database'],
  ['a text without line ends', encode('x'.repeat(1_000)), 'not-a-database'],
  ['a SQLite file', encode('SQLite format 3\0…'), 'not-a-database'],
  ['zeros', new Uint8Array(4_096), 'not-a-database'],
  [
    'text after the records',
    encode(`${new TextDecoder().decode(fileOf('JSON', [schema]))}more\n`),
    'corrupt-file',
  ],
  ['a schema that is none', fileOf('JSON', [{ name: 'D' }]), 'bad-schema'],
  ['a table that is not in the schema', fileOf('JSON', [schema, { U: { [a]: {} } }]), 'corrupt-file'],
  ['a value of another type', fileOf('JSON', [schema, { T: { [a]: { name: 1 } } }]), 'corrupt-file'],
  ['a key that is no UUID', fileOf('JSON', [schema, { T: { x: {} } }]), 'corrupt-file'],
  ['a cluster without data', fileOf('CLUSTER', [{ prev_data: 1 }]), 'corrupt-file'],
];

test.each(wrong)('%s is refused', (_name, bytes, code) => {
  expect(() => readDatabaseFile(bytes)).toThrow(expect.objectContaining({ code, retry: 'never' }));
});
