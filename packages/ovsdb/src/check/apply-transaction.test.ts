import { describe, expect, test } from 'vitest';
import { parseSchema } from '../schema/parse.ts';
import type { Operation } from '../value/operation.ts';
import { PersistentSet } from '../value/persistent-set.ts';
import { changeSnapshot, emptySnapshot, type Snapshot } from '../value/snapshot.ts';
import { snapshotOf } from '../value/snapshot-of.ts';
import { isUuid } from '../value/uuid.ts';
import type { Uuid } from '../value/value.ts';
import { applyTransaction, type TransactionOutcome } from './apply-transaction.ts';

const schema = parseSchema({
  name: 'D',
  version: '1.0.0',
  tables: {
    Router: {
      isRoot: true,
      maxRows: 3,
      indexes: [['name']],
      columns: {
        name: { type: 'string' },
        mode: { type: { key: { type: 'string', enum: ['set', ['a', 'b']] }, min: 0 } },
        born: { type: 'string', mutable: false },
        nat: { type: { key: { type: 'uuid', refTable: 'NAT' }, min: 0, max: 'unlimited' } },
        peers: {
          type: { key: { type: 'uuid', refTable: 'Router', refType: 'weak' }, min: 0, max: 'unlimited' },
        },
      },
    },
    NAT: {
      columns: { ip: { type: 'string' }, next: { type: { key: { type: 'uuid', refTable: 'NAT' }, min: 0 } } },
    },
  },
});

function uuid(place: number): Uuid {
  const text = `00000000-0000-4000-8000-${place.toString(16).padStart(12, '0')}`;
  if (!isUuid(text)) throw new Error(text);
  return text;
}

function run(snapshot: Snapshot, ...operations: readonly Operation[]): TransactionOutcome {
  let next = 1_000;
  return applyTransaction(snapshot, operations, { newUuid: () => uuid(next++) });
}

const router = (place: number, row = {}): Operation => ({
  op: 'insert',
  table: 'Router',
  uuid: uuid(place),
  row: { name: `r${place}`, ...row },
});
const is = (place: number) => [['_uuid', '==', uuid(place)]] as const;
const empty = snapshotOf(schema, {});

describe('what is committed', () => {
  const start = snapshotOf(schema, {
    Router: [
      { _uuid: uuid(1), name: 'r1', nat: new Set([uuid(11), uuid(12)]), peers: new Set([uuid(2)]) },
      { _uuid: uuid(2), name: 'r2', nat: new Set([uuid(12)]) },
    ],
    NAT: [
      { _uuid: uuid(11), ip: '11', next: uuid(13) },
      { _uuid: uuid(12), ip: '12' },
      { _uuid: uuid(13), ip: '13' },
    ],
  });

  test('takes unreferenced rows along and leaves the snapshot it began with as it was', () => {
    const outcome = run(start, {
      op: 'mutate',
      table: 'Router',
      where: is(1),
      mutations: [['nat', 'delete', new Set([uuid(11), uuid(12)])]],
    });
    if (outcome.kind !== 'committed') throw new Error(outcome.kind);
    expect([...outcome.snapshot.table('NAT')].map(({ _uuid }) => _uuid)).toEqual([uuid(12)]);
    expect(
      outcome.changes.flatMap(({ table, changes }) => changes.map((change) => [table, change.uuid])),
    ).toEqual([
      ['NAT', uuid(11)],
      ['NAT', uuid(13)],
      ['Router', uuid(1)],
    ]);
    expect(start.table('NAT').size).toBe(3);
  });

  test('takes weak references out of rows that nobody named', () => {
    const outcome = run(start, { op: 'delete', table: 'Router', where: is(2) });
    expect(outcome.kind === 'committed' && outcome.snapshot.table('Router').get(uuid(1))).toMatchObject({
      peers: new Set(),
    });
  });

  test('is the same snapshot when nothing changes', () => {
    const outcome = run(start, { op: 'update', table: 'Router', where: is(1), row: { name: 'r1' } });
    expect(outcome.kind === 'committed' && outcome.snapshot).toBe(start);
    expect(run(start, { op: 'insert', table: 'NAT', row: { ip: 'nobody’s' } })).toMatchObject({
      changes: [],
    });
  });
});

const refused: readonly (readonly [string, readonly Operation[], string, number])[] = [
  ['a value outside of its enumeration', [router(1, { mode: 'c' })], 'constraint violation', 0],
  ['a value of another type', [router(1, { name: 5 })], 'syntax error', 0],
  [
    'an immutable column',
    [router(1), { op: 'update', table: 'Router', where: [], row: { born: 'x' } }],
    'constraint violation',
    1,
  ],
  ['a UUID used twice', [router(1), router(1)], 'duplicate uuid', 1],
  ['a name used twice', [router(1), router(2, { name: 'r1' })], 'constraint violation', 2],
  ['too many rows', [1, 2, 3, 4].map((place) => router(place)), 'constraint violation', 4],
  ['a dangling reference', [router(1, { nat: new Set([uuid(99)]) })], 'referential integrity violation', 1],
  ['an unknown table', [{ op: 'delete', table: 'None', where: [] }], 'syntax error', 0],
  ['an unknown column', [router(1, { none: 1 })], 'unknown column', 0],
  ['a lock that is not held', [{ op: 'assert', lock: 'l' }], 'not owner', 0],
  ['an end by request', [router(1), { op: 'abort' }], 'aborted', 1],
];

test.each(refused)('%s is refused', (_name, operations, error, index) => {
  expect(run(empty, ...operations)).toMatchObject({ kind: 'refused', error: { index, error } });
});

test('a row that is still referred to cannot be deleted', () => {
  const start = snapshotOf(schema, {
    Router: [{ _uuid: uuid(1), nat: new Set([uuid(11)]) }],
    NAT: [{ _uuid: uuid(11) }],
  });
  expect(run(start, { op: 'delete', table: 'NAT', where: is(11) })).toMatchObject({
    kind: 'refused',
    error: { index: 1, error: 'referential integrity violation' },
  });
});

test('a wait that does not hold blocks until its time is over', () => {
  const wait = { op: 'wait', table: 'Router', where: [], columns: ['name'], until: '!=', rows: [] } as const;
  expect(run(empty, wait)).toEqual({ kind: 'blocked', index: 0, timeoutMs: undefined });
  expect(run(empty, { ...wait, timeoutMs: 0 })).toMatchObject({
    kind: 'refused',
    error: { error: 'timed out' },
  });
  const later = { newUuid: () => uuid(1), waitedMs: 100 };
  expect(applyTransaction(empty, [{ ...wait, timeoutMs: 100 }], later)).toMatchObject({ kind: 'refused' });
  expect(applyTransaction(empty, [{ ...wait, timeoutMs: 101 }], later)).toMatchObject({ kind: 'blocked' });
});

test('references to tables that the snapshot does not have are taken on trust', () => {
  const part = emptySnapshot(schema, ['Router']);
  expect(run(part, router(1, { nat: new Set([uuid(99)]) }))).toMatchObject({ kind: 'committed' });
});

test('a change of a set of 48,000 references shares what stays', () => {
  const many = PersistentSet.of(Array.from({ length: 48_000 }, (_, place) => uuid(place + 10)));
  const row = { _uuid: uuid(1), name: 'r', mode: undefined, born: '', nat: many, peers: new Set<string>() };
  const part = changeSnapshot(emptySnapshot(schema, ['Router']), [
    { table: 'Router', changes: [{ uuid: uuid(1), after: row }] },
  ]);
  const outcome = run(part, {
    op: 'mutate',
    table: 'Router',
    where: is(1),
    mutations: [['nat', 'insert', new Set([uuid(1)])]],
  });
  const after = outcome.kind === 'committed' && outcome.snapshot.table('Router').get(uuid(1))?.['nat'];
  if (!(after instanceof PersistentSet)) throw new Error('the set is not shared');
  expect(many.changesTo(after)).toEqual({ added: [uuid(1)], removed: [] });
});
