import { beforeEach, expect, test } from 'vitest';
import { parseSchema } from '../schema/parse.ts';
import type { Json } from '../value/json.ts';
import { zeroUuid } from '../value/uuid.ts';
import { Follower } from './follower.ts';
import type { RowEvent } from './row-event.ts';

const a = '00000000-0000-4000-8000-00000000000a';
const b = '00000000-0000-4000-8000-00000000000b';
const c = '00000000-0000-4000-8000-00000000000c';
const transaction = '99999999-0000-4000-8000-000000000000';

function schemaOf(version: string, extra: Record<string, Json> = {}) {
  const columns: Json = {
    name: { type: 'string' },
    refs: { type: { key: 'uuid', min: 0, max: 'unlimited' } },
    ...extra,
  };
  return parseSchema({ name: 'D', version, tables: { T: { columns }, U: { columns } } });
}

const schema = schemaOf('1.0.0');
let follower: Follower;
let seen: (readonly RowEvent[])[];

beforeEach(() => {
  follower = new Follower({ id: 'm', selection: { T: 'all', U: ['name'] }, indexes: { T: [['name']] } });
  seen = [];
});

/** A follower that has read rows `a` and `b`. */
function start(): void {
  follower.requestParams(schema);
  follower.acceptAnswer([
    false,
    transaction,
    { T: { [a]: { initial: { name: 'A' } }, [b]: { initial: { name: 'B', refs: ['uuid', a] } } } },
  ]);
  follower.listen(({ events, snapshot }) => {
    expect(snapshot).toBe(follower.snapshot);
    seen.push(events);
  });
}

const told = () => seen.map((events) => events.map(({ kind, table, uuid }) => [kind, table, uuid]));
const names = () => [...(follower.snapshot?.table('T') ?? [])].map((row) => row['name']).sort();

test('asks for the tables and columns selected, from the beginning', () => {
  expect(follower.requestParams(schema)).toEqual([
    'D',
    'm',
    { T: [{ columns: ['name', 'refs'] }], U: [{ columns: ['name'] }] },
    zeroUuid,
  ]);
});

test('asks for every table when all are selected', () => {
  const all = new Follower({ id: 'm', selection: 'all', indexes: {} });
  expect(all.requestParams(schema)[2]).toEqual({
    T: [{ columns: ['name', 'refs'] }],
    U: [{ columns: ['name', 'refs'] }],
  });
});

test.each([{ None: 'all' as const }, { T: ['none'] }])('%j is not in the schema', (selection) => {
  const wrong = new Follower({ id: 'm', selection, indexes: {} });
  expect(() => wrong.requestParams(schema)).toThrow(
    expect.objectContaining({ code: 'unknown-table-or-column' }),
  );
});

test('the contents fill the snapshot, with defaults for what was left out', () => {
  expect(follower.snapshot).toBeUndefined();
  start();
  expect(names()).toEqual(['A', 'B']);
  expect(follower.snapshot?.table('T').find({ name: 'A' })).toEqual([
    { _uuid: a, name: 'A', refs: new Set() },
  ]);
  expect(follower.snapshot?.table('U').size).toBe(0);
});

test('an update tells each row once, by table and UUID, in one notification', () => {
  start();
  const before = follower.snapshot;
  follower.acceptUpdate([
    'm',
    transaction,
    {
      U: { [a]: { insert: { name: 'in U' } } },
      T: {
        [b]: {
          modify: {
            refs: [
              'set',
              [
                ['uuid', a],
                ['uuid', c],
              ],
            ],
          },
        },
        [a]: { delete: null },
      },
    },
  ]);
  expect(told()).toEqual([
    [
      ['delete', 'T', a],
      ['modify', 'T', b],
      ['insert', 'U', a],
    ],
  ]);
  expect(seen[0]?.[1]).toMatchObject({
    before: { refs: new Set([a]) },
    after: { name: 'B', refs: new Set([c]) },
  });
  expect(before?.table('T').size).toBe(2);
});

test('after a cut the server is asked for what was missed', () => {
  start();
  expect(follower.requestParams(schemaOf('1.0.0'))[3]).toBe(transaction);
  follower.acceptAnswer([true, zeroUuid, { T: { [a]: { modify: { name: 'A2' } } } }]);
  expect(told()).toEqual([[['modify', 'T', a]]]);
});

test('a full answer after a cut tells the real differences only and keeps equal rows', () => {
  start();
  const kept = follower.snapshot?.table('T').find({ name: 'B' })[0];
  follower.requestParams(schema);
  follower.acceptAnswer([
    false,
    transaction,
    { T: { [b]: { initial: { name: 'B', refs: ['uuid', a] } }, [c]: { initial: { name: 'C' } } } },
  ]);
  expect(told()).toEqual([
    [
      ['delete', 'T', a],
      ['insert', 'T', c],
    ],
  ]);
  expect(follower.snapshot?.table('T').find({ name: 'B' })[0]).toBe(kept);
});

test('a full answer that differs in one column keeps the other values', () => {
  start();
  const before = follower.snapshot?.table('T').find({ name: 'B' })[0];
  follower.requestParams(schema);
  follower.acceptAnswer([
    false,
    transaction,
    { T: { [a]: { initial: { name: 'A' } }, [b]: { initial: { name: 'B2', refs: ['uuid', a] } } } },
  ]);
  const after = follower.snapshot?.table('T').find({ name: 'B2' })[0];
  expect(after?.['refs']).toBe(before?.['refs']);
  expect(told()).toEqual([[['modify', 'T', b]]]);
});

test('a full answer without differences tells nothing and keeps the rows', () => {
  start();
  const rows = [...(follower.snapshot?.table('T') ?? [])];
  follower.requestParams(schema);
  follower.acceptAnswer([
    false,
    transaction,
    { T: { [a]: { initial: { name: 'A' } }, [b]: { initial: { name: 'B', refs: ['uuid', a] } } } },
  ]);
  expect(told()).toEqual([]);
  expect([...(follower.snapshot?.table('T') ?? [])]).toEqual(rows);
});

test('a new schema is read whole and its columns are seen', () => {
  start();
  const newer = schemaOf('1.1.0', { colour: { type: 'string' } });
  expect(follower.requestParams(newer)[3]).toBe(zeroUuid);
  follower.acceptAnswer([false, transaction, { T: { [a]: { initial: { name: 'A', colour: 'red' } } } }]);
  expect(follower.snapshot?.schema).toBe(newer);
  expect(told()).toEqual([
    [
      ['modify', 'T', a],
      ['delete', 'T', b],
    ],
  ]);
  expect(follower.snapshot?.table('T').find({ name: 'A' })[0]).toMatchObject({ colour: 'red' });
});

const nonsense: readonly (readonly [Json, string])[] = [
  [[], 'table updates are not an object'],
  [{ None: {} }, 'unexpected update of table "None"'],
  [{ T: { [c]: { modify: { name: 'C' } } } }, 'which is not there'],
  [{ T: { [a]: {} } }, 'says nothing'],
  [{ T: { [a]: null } }, 'not an object'],
  [{ T: { short: { delete: null } } }, '"short" is not a UUID'],
  [{ T: { [b]: { delete: null }, [a]: { modify: { name: 1 } } } }, 'T.name: expected a value of type string'],
];

test.each(nonsense)(
  'after the nonsense %j the snapshot is as before and everything is asked for again',
  (updates, message) => {
    start();
    expect(() => follower.acceptUpdate(['m', transaction, updates])).toThrow(message);
    expect(names()).toEqual(['A', 'B']);
    expect(follower.requestParams(schema)[3]).toBe(zeroUuid);
  },
);

test('a listener can be taken away, and taken away twice', () => {
  start();
  let calls = 0;
  const stop = follower.listen(() => calls++);
  const update: Json[] = ['m', transaction, { T: { [a]: { modify: { name: 'x' } } } }];
  follower.acceptUpdate(update);
  stop();
  stop();
  follower.acceptUpdate(['m', transaction, { T: { [a]: { modify: { name: 'y' } } } }]);
  expect(calls).toBe(1);
  expect(seen).toHaveLength(2);
});
