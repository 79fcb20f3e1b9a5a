import { expect, test } from 'vitest';
import { parseSchema } from '../schema/parse.ts';
import type { Json } from './json.ts';
import type { Operation } from './operation.ts';
import { encodeOperation } from './operation-codec.ts';
import { decodeOperation } from './operation-decoder.ts';
import { isUuid } from './uuid.ts';

const schema = parseSchema({
  name: 'D',
  version: '1.0.0',
  tables: {
    T: {
      columns: {
        name: { type: 'string' },
        level: { type: { key: 'integer', min: 0 } },
        tags: { type: { key: 'string', min: 0, max: 'unlimited' } },
        numbers: { type: { key: 'integer', min: 0, max: 'unlimited' } },
        refs: { type: { key: 'uuid', min: 0, max: 'unlimited' } },
        ports: { type: { key: 'string', value: 'uuid', min: 0, max: 'unlimited' } },
      },
    },
  },
});
const uuid = '00000000-0000-4000-8000-00000000000a';
if (!isUuid(uuid)) throw new Error(uuid);
const where = [
  ['_uuid', '==', uuid],
  ['tags', 'includes', new Set(['x'])],
  ['level', '==', undefined],
] as const;

const operations: readonly Operation[] = [
  {
    op: 'insert',
    table: 'T',
    uuid,
    uuidName: 'new',
    row: {
      level: undefined,
      name: 'n',
      ports: new Map([['p', 'new']]),
      refs: new Set([uuid, 'new']),
      tags: new Set(),
    },
  },
  { op: 'update', table: 'T', where, row: { level: 3, tags: new Set(['one']) } },
  {
    op: 'mutate',
    table: 'T',
    where: [],
    mutations: [
      ['numbers', '+=', 1],
      ['ports', 'delete', new Set(['p', 'q'])],
      ['refs', 'insert', new Set([uuid])],
    ],
  },
  { op: 'delete', table: 'T', where },
  { op: 'select', table: 'T', where: [] },
  { op: 'select', table: 'T', where: [], columns: ['name'] },
  { op: 'wait', table: 'T', where: [], columns: ['name'], until: '!=', rows: [{ name: 'n' }], timeoutMs: 0 },
  { op: 'comment', comment: 'c' },
  { op: 'abort' },
  { op: 'commit', durable: true },
  { op: 'assert', lock: 'l' },
];

test.each(operations)('$op is read as it was written', (operation) => {
  expect(decodeOperation(schema, encodeOperation(schema, operation))).toEqual(operation);
});

const wrong: readonly (readonly [Json, string])[] = [
  [{ op: 'nothing' }, 'protocol-error'],
  [{}, 'protocol-error'],
  [[], 'protocol-error'],
  [{ op: 'delete', table: 'None', where: [] }, 'protocol-error'],
  [{ op: 'delete', table: 'T' }, 'protocol-error'],
  [{ op: 'delete', table: 'T', where: [['name', '~', 'x']] }, 'protocol-error'],
  [{ op: 'delete', table: 'T', where: [['none', '==', 'x']] }, 'unknown-table-or-column'],
  [{ op: 'insert', table: 'T', row: { refs: 'text' } }, 'protocol-error'],
  [{ op: 'insert', table: 'T', row: { name: ['uuid', uuid] } }, 'protocol-error'],
  [{ op: 'insert', table: 'T', row: { tags: ['set', ['a', 'a']] } }, 'bad-value'],
  [{ op: 'insert', table: 'T', uuid: 'short', row: {} }, 'protocol-error'],
  [{ op: 'wait', table: 'T', where: [], columns: [], until: '<', rows: [] }, 'protocol-error'],
];

test.each(wrong)('%j is refused', (json, code) => {
  expect(() => decodeOperation(schema, json)).toThrow(expect.objectContaining({ code }));
});
