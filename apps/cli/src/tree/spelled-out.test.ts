import { expect, test } from 'vitest';
import { program } from './program.ts';
import { spelledOut } from './spelled-out.ts';

test.each([
  ['', '--help'],
  ['help', 'help'],
  ['help get', 'get --help'],
  ['help lab up', 'lab up --help'],
  ['help nope', 'nope'],
  ['nope --help', 'nope'],
  ['lab nope -h', 'lab nope'],
  ['lab', 'lab'],
  ['get nope --help', 'get nope --help'],
  ['--color never get fip', '--color never get fip'],
])('%j is read as %j', (line, expected) => {
  expect(spelledOut(line === '' ? [] : line.split(' '), program).join(' ')).toBe(expected);
});
