import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSchema } from '../schema/parse.ts';
import { changeSnapshot, changesBetween, type Snapshot } from './snapshot.ts';
import { snapshotOf } from './snapshot-of.ts';
import { isUuid, zeroUuid } from './uuid.ts';
import type { Uuid } from './value.ts';

type Thing = {
  readonly _uuid: Uuid;
  readonly name: string;
  readonly colour: string | undefined;
  readonly tags: ReadonlySet<string>;
};
type Things = { readonly Thing: Thing };

const schema = parseSchema({
  name: 'D',
  version: '1.0.0',
  tables: {
    Thing: {
      columns: {
        name: { type: 'string' },
        colour: { type: { key: 'string', min: 0, max: 1 } },
        tags: { type: { key: 'string', min: 0, max: 'unlimited' } },
      },
      indexes: [['name']],
    },
    Other: { columns: { name: { type: 'string' } } },
  },
});

function things(rows: readonly Partial<Thing>[]): Snapshot<Things> {
  return snapshotOf<Things>(schema, { Thing: rows }, { Thing: [['colour'], ['colour', 'tags']] });
}

test('rows are completed with defaults and a UUID of their own', () => {
  const [row, ...rest] = things([{ name: 'a' }]).table('Thing');
  expect(rest).toEqual([]);
  expect(row).toMatchObject({ name: 'a', colour: undefined, tags: new Set() });
  expect(isUuid(row?._uuid ?? '')).toBe(true);
  const again = things([{ name: 'a' }, { name: 'b' }]).table('Thing');
  expect(again.get(row?._uuid ?? zeroUuid)).toEqual(row);
  expect(again.size).toBe(2);
});

test('rows are found by the schema’s indexes and by declared ones', () => {
  const table = things([
    { name: 'a', colour: 'red', tags: new Set(['x', 'y']) },
    { name: 'b', colour: 'red' },
    { name: 'c' },
  ]).table('Thing');
  const namesOf = (rows: readonly Thing[]) => rows.map((row) => row.name);
  expect(namesOf(table.find({ name: 'b' }))).toEqual(['b']);
  expect(namesOf(table.find({ colour: 'red' }))).toEqual(['a', 'b']);
  expect(namesOf(table.find({ colour: undefined }))).toEqual(['c']);
  expect(namesOf(table.find({ tags: new Set(['y', 'x']), colour: 'red' }))).toEqual(['a']);
  expect(table.find({ name: 'none' })).toEqual([]);
  expect(() => table.find({ tags: new Set() })).toThrow(expect.objectContaining({ code: 'no-index' }));
});

test('tables and columns that are not there are faults', () => {
  const unknown = expect.objectContaining({ code: 'unknown-table-or-column' });
  expect(() => snapshotOf(schema, { None: [] })).toThrow(unknown);
  expect(() => snapshotOf(schema, { Thing: [{ size: 1 }] })).toThrow(unknown);
  expect(() => snapshotOf(schema, {}).table('None')).toThrow(unknown);
});

test('tables are listed by name', () => {
  expect(snapshotOf(schema, {}).tableNames).toEqual(['Other', 'Thing']);
});

const uuids = Array.from({ length: 12 }, (_, index): Uuid => {
  const uuid = `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
  if (!isUuid(uuid)) throw new Error('not a UUID');
  return uuid;
});
const row = fc.record({
  _uuid: fc.constantFrom(...uuids),
  name: fc.constantFrom('a', 'b', 'c'),
  colour: fc.option(fc.constantFrom('red', 'blue'), { nil: undefined }),
  tags: fc.array(fc.constantFrom('x', 'y')).map((tags) => new Set(tags)),
});
const step = fc.record({ row, remove: fc.boolean() });

test('what differs between two snapshots is what was changed', () => {
  const before = things([{ name: 'a' }, { name: 'b' }]);
  const [kept, changed] = [...before.table('Thing')];
  if (!kept || !changed) throw new Error('rows are missing');
  expect(changesBetween(before, before)).toEqual([]);
  const after = { ...changed, colour: 'red' };
  const next = changeSnapshot(before, [
    { table: 'Thing', changes: [{ uuid: changed._uuid, before: changed, after }] },
  ]);
  expect(changesBetween(before, next)).toEqual([
    { table: 'Thing', changes: [{ uuid: changed._uuid, before: changed, after }] },
  ]);
  expect(changesBetween(next, before)[0]?.changes).toEqual([
    { uuid: changed._uuid, before: after, after: changed },
  ]);
});

test('after any changes the indexes say what a search through all rows says, and earlier snapshots stay', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let snapshot = things([]);
      const past: { readonly snapshot: Snapshot<Things>; readonly rows: readonly Thing[] }[] = [];
      for (const { row, remove } of steps) {
        const before = snapshot.table('Thing').get(row._uuid);
        const after = remove ? undefined : row;
        snapshot = changeSnapshot(snapshot, [
          { table: 'Thing', changes: [{ uuid: row._uuid, before, after }] },
        ]);
        past.push({ snapshot, rows: [...snapshot.table('Thing')] });
        for (const name of ['a', 'b', 'c']) {
          const wanted = [...snapshot.table('Thing')].filter((thing) => thing.name === name);
          expect(snapshot.table('Thing').find({ name })).toEqual(
            wanted.sort((l, r) => (l._uuid < r._uuid ? -1 : 1)),
          );
        }
        const reds = [...snapshot.table('Thing')].filter((thing) => thing.colour === 'red');
        expect(new Set(snapshot.table('Thing').find({ colour: 'red' }))).toEqual(new Set(reds));
      }
      for (const { snapshot: kept, rows } of past) expect([...kept.table('Thing')]).toEqual(rows);
    }),
  );
});
