import { expect, test } from 'vitest';
import { parseSchema } from '../schema/parse.ts';
import { OvsdbFault, TransactionFault } from './fault.ts';
import type { Json } from './json.ts';
import type { Operation } from './operation.ts';
import { decodeResults } from './result-codec.ts';

const uuid = '11111111-2222-5333-8444-555555555555';
const schema = parseSchema({
  name: 'D',
  version: '1.0.0',
  tables: {
    T: { columns: { name: { type: 'string' }, refs: { type: { key: 'uuid', min: 0, max: 'unlimited' } } } },
  },
});
const insert: Operation = { op: 'insert', table: 'T', row: { name: 'a' } };
const wait: Operation = {
  op: 'wait',
  table: 'T',
  where: [],
  columns: ['name'],
  until: '==',
  rows: [],
  timeoutMs: 0,
};
const comment: Operation = { op: 'comment', comment: 'why' };

function faultOf(operations: readonly Operation[], json: Json): TransactionFault {
  try {
    decodeResults(schema, operations, json);
  } catch (error) {
    if (error instanceof TransactionFault) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('results take the form of their operations', () => {
  const select: Operation = { op: 'select', table: 'T', where: [] };
  const remove: Operation = { op: 'delete', table: 'T', where: [] };
  const row = { _uuid: ['uuid', uuid], _version: ['uuid', uuid], name: 'a', refs: ['uuid', uuid] };
  const results = decodeResults(
    schema,
    [insert, select, remove, comment],
    [{ uuid: ['uuid', uuid] }, { rows: [row] }, { count: 2 }, {}],
  );
  expect(results).toEqual([
    { op: 'insert', uuid },
    { op: 'select', rows: [{ _uuid: uuid, _version: uuid, name: 'a', refs: new Set([uuid]) }] },
    { op: 'delete', count: 2 },
    { op: 'comment' },
  ]);
});

test('operations after a refused one have no result', () => {
  const fault = faultOf(
    [comment, insert, comment],
    [{}, { error: 'duplicate uuid', details: 'twice' }, null],
  );
  expect(fault.errors).toEqual([
    { index: 1, operation: insert, error: 'duplicate uuid', details: 'duplicate uuid: twice' },
  ]);
  expect(fault).toMatchObject({ code: 'transaction-refused', retry: 'wait-change', waitLost: false });
  expect(fault.message).toBe('transaction refused: operation 1 (insert T): duplicate uuid: twice');
});

test('the list may end at the refused operation', () => {
  expect(faultOf([insert, comment], [{ error: 'constraint violation' }]).errors[0]).toMatchObject({
    index: 0,
    error: 'constraint violation',
    details: 'constraint violation',
  });
});

test('a refused commit is one result more than there are operations', () => {
  const fault = faultOf([comment], [{}, { error: 'referential integrity violation', details: 'd' }]);
  expect(fault.errors).toEqual([
    { index: 1, error: 'referential integrity violation', details: 'referential integrity violation: d' },
  ]);
  expect(fault.message).toBe('transaction refused: commit: referential integrity violation: d');
});

test('a wait that finds other contents is a lost race', () => {
  expect(faultOf([wait], [{ error: 'timed out' }])).toMatchObject({ waitLost: true, retry: 'wait-change' });
});

test('an unknown error word keeps its text', () => {
  expect(faultOf([comment], [{ error: 'moon phase', details: 'full' }])).toMatchObject({
    retry: 'never',
    errors: [{ error: 'other', details: 'moon phase: full' }],
  });
});

test.each<Json>([null, {}, [], [null], [{}], [{ uuid: 'x' }]])(
  '%j in answer to an insert is a protocol error',
  (json) => {
    const decode = () => decodeResults(schema, [insert], json);
    expect(decode).toThrow(OvsdbFault);
    expect(decode).toThrow(expect.objectContaining({ code: 'protocol-error', outcome: 'unknown' }));
  },
);
