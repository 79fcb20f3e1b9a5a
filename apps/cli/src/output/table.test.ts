import { expect, test } from 'vitest';
import { styleOf } from './style.ts';
import { pad, table } from './table.ts';
import { wrap } from './wrap.ts';

test('columns are as wide as their widest cell, with three blanks between and none at the end', () => {
  expect(
    table(
      ['name', 'v4IP'],
      [
        ['web', '10.9.101.9'],
        ['vpc1-external0', '<none>'],
      ],
    ),
  ).toBe(['NAME             V4IP', 'web              10.9.101.9', 'vpc1-external0   <none>', ''].join('\n'));
});

test('a table without rows is empty', () => {
  expect(table(['name'], [])).toBe('');
});

test('colours take no room', () => {
  const red = styleOf(true).bad('no');
  expect(red).not.toBe('no');
  expect(pad(red, 4)).toBe(`${red}  `);
  expect(
    table(
      ['a', 'b'],
      [
        [red, 'x'],
        ['yes', 'y'],
      ],
    ),
  ).toBe(`A     B\n${red}    x\nyes   y\n`);
});

test('text is broken between words where there is a width, and nowhere without one', () => {
  const text = 'one two three four five six seven';
  expect(wrap(text, '  ', 22)).toBe('  one two three four\n  five six seven\n');
  expect(wrap(text, '  ', undefined)).toBe(`  ${text}\n`);
});

test('colours are not counted when text is broken', () => {
  const { bad } = styleOf(true);
  expect(wrap(`${bad('one two')} three four five`, '', 20).split('\n')).toHaveLength(3);
});

test('the narrowest terminal still has room for words', () => {
  expect(wrap('one two three four five six', '    ', 3)).toBe('    one two three four\n    five six\n');
});

test('what users wrote begins no line and steers no terminal', () => {
  const hostile = 'x\nresolved ovn-fip/web\u001b[2J';
  expect(table(['name'], [[hostile]]).split('\n')).toEqual([
    'NAME',
    'x\\nresolved ovn-fip/web\\u001b[2J',
    '',
  ]);
  expect(wrap(hostile, '', undefined)).toBe('x\\nresolved ovn-fip/web\\u001b[2J\n');
});
