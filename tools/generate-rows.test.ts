import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generateRows, moduleOf } from './generate-rows.ts';

const schema = {
  name: 'D',
  version: '1.0.0',
  tables: {
    T: {
      columns: {
        text: { type: 'string' },
        level: { type: { key: { type: 'integer', enum: ['set', [2, 1]] }, min: 0, max: 1 } },
        kinds: { type: { key: { type: 'string', enum: ['set', ['b', 'a']] }, min: 0, max: 'unlimited' } },
        others: { type: { key: { type: 'uuid', refTable: 'T' }, value: 'real', min: 0, max: 'unlimited' } },
        plain: { type: 'uuid' },
        flag: { type: 'boolean' },
      },
    },
  },
};

test('columns become sorted members of the row type', () => {
  const [, row] = /export type T = \{\n(.*?)\n\};/s.exec(moduleOf(JSON.stringify(schema))) ?? [];
  expect(row?.split('\n')).toEqual([
    "  readonly _uuid: Ref<'T'>;",
    '  readonly flag: boolean;',
    "  readonly kinds: ReadonlySet<'a' | 'b'>;",
    '  readonly level: 1 | 2 | undefined;',
    "  readonly others: ReadonlyMap<Ref<'T'>, number>;",
    '  readonly plain: Ref<string>;',
    '  readonly text: string;',
  ]);
});

test('the same schema gives the same module', () => {
  expect(moduleOf(JSON.stringify(schema))).toBe(moduleOf(JSON.stringify(schema, null, 2)));
});

test.skipIf(!existsSync('/usr/share/ovn/ovn-nb.ovsschema'))('the generated modules are current', async () => {
  expect(await generateRows({ check: true })).toEqual([]);
});
