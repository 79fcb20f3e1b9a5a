import { expect, test } from 'vitest';
import { valueChanges, valueJson, valueText } from './value.ts';

test.each([
  [undefined, '<none>', null],
  ['web.default', 'web.default', 'web.default'],
  ['', '""', ''],
  [0, '0', 0],
  [false, 'false', false],
  [new Set(['b', 'a']), 'a,b', ['a', 'b']],
  [new Set<string>(), '<none>', []],
  [
    new Map([
      ['b', '2'],
      ['a', '1'],
    ]),
    'a=1,b=2',
    { a: '1', b: '2' },
  ],
  [new Map<string, string>(), '<none>', {}],
])('%s', (value, text, json) => {
  expect(valueText(value)).toBe(text);
  expect(valueJson(value)).toEqual(json);
});

test('of a map only the keys that change are told', () => {
  const old = new Map([
    ['kept', '1'],
    ['changed', 'a'],
    ['gone', 'x'],
  ]);
  const wanted = new Map([
    ['kept', '1'],
    ['changed', 'b'],
    ['added', 'y'],
  ]);
  expect(valueChanges('options', { old, new: wanted })).toEqual([
    ['options:added', '<none>', 'y'],
    ['options:changed', 'a', 'b'],
    ['options:gone', 'x', '<none>'],
  ]);
});

test('other columns are told whole', () => {
  expect(valueChanges('logical_port', { old: 'web.default', new: undefined })).toEqual([
    ['logical_port', 'web.default', '<none>'],
  ]);
});
