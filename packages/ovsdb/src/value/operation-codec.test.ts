import { expect, test } from 'vitest';
import { parseSchema } from '../schema/parse.ts';
import type { Json } from './json.ts';
import type { Operation } from './operation.ts';
import { encodeOperation } from './operation-codec.ts';
import { isUuid } from './uuid.ts';

const uuid = '11111111-2222-5333-8444-555555555555';
if (!isUuid(uuid)) throw new Error('not a UUID');
const schema = parseSchema({
  name: 'D',
  version: '1.0.0',
  tables: {
    T: {
      columns: {
        name: { type: 'string' },
        refs: { type: { key: 'uuid', min: 0, max: 'unlimited' } },
        ids: { type: { key: 'string', value: 'string', min: 0, max: 'unlimited' } },
      },
    },
  },
});

const written: readonly (readonly [Operation, Json])[] = [
  [
    { op: 'insert', table: 'T', uuid, row: { refs: new Set([uuid]), name: 'a' } },
    { op: 'insert', table: 'T', uuid, row: { name: 'a', refs: ['uuid', uuid] } },
  ],
  [
    { op: 'insert', table: 'T', uuidName: 'new', row: {} },
    { op: 'insert', table: 'T', 'uuid-name': 'new', row: {} },
  ],
  [
    { op: 'update', table: 'T', where: [['_uuid', '==', uuid]], row: { name: 'b' } },
    { op: 'update', table: 'T', where: [['_uuid', '==', ['uuid', uuid]]], row: { name: 'b' } },
  ],
  [
    {
      op: 'mutate',
      table: 'T',
      where: [['ids', 'includes', new Map([['k', 'v']])]],
      mutations: [
        ['refs', 'insert', new Set([uuid])],
        ['ids', 'delete', new Set(['b', 'a'])],
      ],
    },
    {
      op: 'mutate',
      table: 'T',
      where: [['ids', 'includes', ['map', [['k', 'v']]]]],
      mutations: [
        ['refs', 'insert', ['uuid', uuid]],
        ['ids', 'delete', ['set', ['a', 'b']]],
      ],
    },
  ],
  [
    { op: 'delete', table: 'T', where: [['name', '!=', 'a']] },
    { op: 'delete', table: 'T', where: [['name', '!=', 'a']] },
  ],
  [
    { op: 'select', table: 'T', where: [], columns: ['name'] },
    { op: 'select', table: 'T', where: [], columns: ['name'] },
  ],
  [
    {
      op: 'wait',
      table: 'T',
      where: [],
      columns: ['name'],
      until: '==',
      rows: [{ name: 'a' }],
      timeoutMs: 0,
    },
    { op: 'wait', timeout: 0, table: 'T', where: [], columns: ['name'], until: '==', rows: [{ name: 'a' }] },
  ],
  [
    { op: 'wait', table: 'T', where: [], columns: ['name'], until: '!=', rows: [] },
    { op: 'wait', table: 'T', where: [], columns: ['name'], until: '!=', rows: [] },
  ],
  [
    { op: 'comment', comment: 'why' },
    { op: 'comment', comment: 'why' },
  ],
  [{ op: 'abort' }, { op: 'abort' }],
  [
    { op: 'commit', durable: true },
    { op: 'commit', durable: true },
  ],
  [
    { op: 'assert', lock: 'l' },
    { op: 'assert', lock: 'l' },
  ],
];

test.each(written)('%j', (operation, json) => {
  expect(encodeOperation(schema, operation)).toEqual(json);
});

const refused: readonly Operation[] = [
  { op: 'insert', table: 'None', row: {} },
  { op: 'insert', table: 'T', row: { none: 'a' } },
  { op: 'delete', table: 'None', where: [] },
  { op: 'delete', table: 'T', where: [['none', '==', 1]] },
  { op: 'mutate', table: 'T', where: [], mutations: [['none', 'insert', 1]] },
  { op: 'insert', table: 'toString', row: {} },
  { op: 'insert', table: 'T', row: { constructor: 'a' } },
];

test.each(refused)('%j names what the schema does not have', (operation) => {
  expect(() => encodeOperation(schema, operation)).toThrow(
    expect.objectContaining({ code: 'unknown-table-or-column', retry: 'never' }),
  );
});
