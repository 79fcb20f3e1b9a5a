import { expect, test } from 'vitest';
import { instanceFaults } from './instance.ts';

const text = { type: 'string' };

test.each<[string, object, unknown, readonly string[]]>([
  ['a text', text, 'x', []],
  ['a number for a text', text, 1, ['v: is not of type string']],
  ['null', text, null, ['v: is null']],
  ['null where it may be', { ...text, nullable: true }, null, []],
  ['a fraction', { type: 'integer' }, 1.5, ['v: is not of type integer']],
  ['either', { 'x-kubernetes-int-or-string': true }, '50%', []],
  ['neither', { 'x-kubernetes-int-or-string': true }, true, ['v: is not of type int-or-string']],
  ['too many', { type: 'integer', maximum: 4095 }, 4096, ['v: is out of range']],
  ['too long', { ...text, maxLength: 1 }, 'ab', ['v: has a wrong length']],
  ['another pattern', { ...text, pattern: '^a' }, 'b', ['v: does not match the pattern']],
  ['another value', { ...text, enum: ['a'] }, 'b', ['v: is not one of the allowed values']],
  ['a field more', { type: 'object' }, { a: 1 }, ['v.a: would be dropped']],
  ['a field less', { type: 'object', required: ['a'] }, {}, ['v.a: is missing']],
  ['a map', { type: 'object', additionalProperties: text }, { a: 1 }, ['v.a: is not of type string']],
  ['a list', { type: 'array', items: text }, ['a', 1], ['v[1]: is not of type string']],
  [
    'a set',
    { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
    ['a', 'a'],
    ['v: has an item twice'],
  ],
])('%s', (_, schema, value, faults) => {
  expect(instanceFaults({ ...schema }, value, 'v')).toEqual(faults);
});
