import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatSchema } from './format.ts';
import { parseSchema, parseSchemaText } from './parse.ts';

test('a schema written out and read again is the same', async () => {
  const file = join(import.meta.dirname, '../testing/cases/transcript.ovsschema');
  const schema = parseSchemaText(await readFile(file, 'utf8'));
  expect(Object.keys(schema.tables)).toHaveLength(5);
  expect(parseSchema(formatSchema(schema))).toEqual(schema);
});

test('what is rare is kept as well', () => {
  const schema = parseSchema({
    name: 'D',
    version: '1.2.3',
    cksum: '1 2',
    tables: {
      T: {
        maxRows: 1,
        columns: {
          c: { type: 'string', ephemeral: true, mutable: false },
          r: { type: { key: { type: 'real', minReal: 0.5 } } },
        },
      },
    },
  });
  expect(parseSchema(formatSchema(schema))).toEqual(schema);
});
