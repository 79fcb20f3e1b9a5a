import { expect, test } from 'vitest';
import type { Json } from '../value/json.ts';
import { type ColumnType, changesByDifference } from './column-type.ts';
import { columnTypeOf, schemaHas, tableSchemaOf } from './database-schema.ts';
import { defaultOf } from './default.ts';
import { parseSchema, parseSchemaText } from './parse.ts';
import { parseColumnType } from './parse-type.ts';

const string = { kind: 'string' } as const;
const zero = '00000000-0000-0000-0000-000000000000';

const types: readonly (readonly [Json, ColumnType, unknown])[] = [
  ['string', { kind: 'atom', key: string }, ''],
  [{ key: 'string' }, { kind: 'atom', key: string }, ''],
  [
    { key: { type: 'integer', minInteger: 1, maxInteger: 9 } },
    { kind: 'atom', key: { kind: 'integer', minInteger: 1, maxInteger: 9 } },
    0,
  ],
  ['real', { kind: 'atom', key: { kind: 'real' } }, 0],
  ['boolean', { kind: 'atom', key: { kind: 'boolean' } }, false],
  ['uuid', { kind: 'atom', key: { kind: 'uuid' } }, zero],
  [{ key: 'string', min: 0, max: 1 }, { kind: 'optional', key: string }, undefined],
  [{ key: 'string', min: 0 }, { kind: 'optional', key: string }, undefined],
  [{ key: 'string', min: 0, max: 2 }, { kind: 'set', key: string, min: 0, max: 2 }, new Set()],
  [
    { key: 'string', max: 'unlimited' },
    { kind: 'set', key: string, min: 1, max: 'unlimited' },
    new Set(['']),
  ],
  [
    { key: 'string', value: 'integer', min: 0, max: 'unlimited' },
    { kind: 'map', key: string, value: { kind: 'integer' }, min: 0, max: 'unlimited' },
    new Map(),
  ],
  [
    { key: 'string', value: 'uuid' },
    { kind: 'map', key: string, value: { kind: 'uuid' }, min: 1, max: 1 },
    new Map([['', zero]]),
  ],
  [
    { key: { type: 'string', enum: ['set', ['b', 'a']] } },
    { kind: 'atom', key: { kind: 'string', enum: ['a', 'b'] } },
    '',
  ],
  [{ key: { type: 'string', enum: 'only' } }, { kind: 'atom', key: { kind: 'string', enum: ['only'] } }, ''],
  [
    { key: { type: 'uuid', refTable: 'T', refType: 'weak' }, min: 0, max: 1 },
    { kind: 'optional', key: { kind: 'uuid', refTable: 'T', refType: 'weak' } },
    undefined,
  ],
  [
    { key: { type: 'uuid', refTable: 'T' } },
    { kind: 'atom', key: { kind: 'uuid', refTable: 'T', refType: 'strong' } },
    zero,
  ],
];

test.each(types)('the type %j', (json, type, fallback) => {
  expect(parseColumnType(json, 'T.c')).toEqual(type);
  expect(defaultOf(type)).toEqual(fallback);
});

test('only sets and maps of more than one element change by difference', () => {
  const changing = types.filter(([, type]) => changesByDifference(type)).map(([json]) => json);
  expect(changing).toEqual([
    { key: 'string', min: 0, max: 2 },
    { key: 'string', max: 'unlimited' },
    { key: 'string', value: 'integer', min: 0, max: 'unlimited' },
  ]);
});

const table = (extra: Record<string, Json> = {}): Json => ({
  columns: { name: { type: 'string' } },
  ...extra,
});

test('a database with its tables', () => {
  const column: Json = { type: 'string', ephemeral: true, mutable: false };
  const schema = parseSchema({
    name: 'D',
    version: '1.2.3',
    cksum: '1 2',
    tables: { A: table({ isRoot: true, maxRows: 1, indexes: [['name']] }), B: { columns: { c: column } } },
  });
  expect(schema).toEqual({
    name: 'D',
    version: '1.2.3',
    cksum: '1 2',
    tables: {
      A: {
        columns: { name: { type: { kind: 'atom', key: string }, ephemeral: false, mutable: true } },
        isRoot: true,
        maxRows: 1,
        indexes: [['name']],
      },
      B: {
        columns: { c: { type: { kind: 'atom', key: string }, ephemeral: true, mutable: false } },
        isRoot: false,
        indexes: [],
      },
    },
  });
  expect(columnTypeOf(schema, 'A', '_uuid')).toEqual({ kind: 'atom', key: { kind: 'uuid' } });
  expect([
    schemaHas(schema, 'A', 'name'),
    schemaHas(schema, 'A', 'toString'),
    schemaHas(schema, 'valueOf'),
  ]).toEqual([true, false, false]);
  expect(() => tableSchemaOf(schema, 'toString')).toThrow(
    expect.objectContaining({ code: 'unknown-table-or-column' }),
  );
});

test('without any root table all tables are', () => {
  const schema = parseSchema({
    name: 'D',
    version: '1.0.0',
    tables: { A: table(), B: table({ isRoot: false }) },
  });
  expect([tableSchemaOf(schema, 'A').isRoot, tableSchemaOf(schema, 'B').isRoot]).toEqual([true, true]);
});

const broken: readonly (readonly [Json, string])[] = [
  [[], 'schema: an object is missing'],
  [{}, 'schema name: a string is missing'],
  [{ name: 'D', version: '1' }, 'D: an object is missing'],
  [{ name: 'D', version: '1', tables: { A: {} } }, 'D.A: an object is missing'],
  [{ name: 'D', version: '1', tables: { 'a b': table() } }, '"a b" is not a name'],
  [
    { name: 'D', version: '1', tables: { A: table({ indexes: [['none']] }) } },
    'D.A: index names no column "none"',
  ],
  [{ name: 'D', version: '1', tables: { A: { columns: { c: {} } } } }, 'D.A.c: the type is missing'],
  [
    { name: 'D', version: '1', tables: { A: { columns: { c: { type: 'text' } } } } },
    'D.A.c: "text" is not an atomic type',
  ],
  [
    { name: 'D', version: '1', tables: { A: { columns: { c: { type: { key: 'string', min: 2 } } } } } },
    'min is neither',
  ],
  [
    { name: 'D', version: '1', tables: { A: { columns: { c: { type: { key: 'string', max: 0 } } } } } },
    'max is neither',
  ],
];

test.each(broken)('%j is refused', (json, message) => {
  expect(() => parseSchema(json)).toThrow(message);
  expect(() => parseSchema(json)).toThrow(expect.objectContaining({ code: 'bad-schema' }));
});

test('text that is not JSON is refused', () => {
  expect(() => parseSchemaText('{')).toThrow(expect.objectContaining({ code: 'bad-schema' }));
});
