import { describe, expect, test } from 'vitest';
import { structuralFaults } from './structural.ts';
import { badSchemas, object, text, whole } from './testing.ts';

describe('structural schemas', () => {
  test.each<[string, unknown]>([
    ['nothing said', { type: 'object' }],
    ['a map', whole({ type: 'object', additionalProperties: text })],
    ['a free field', whole({ 'x-kubernetes-preserve-unknown-fields': true })],
    ['int-or-string', whole({ 'x-kubernetes-int-or-string': true })],
    [
      'int-or-string with its pair',
      whole({
        'x-kubernetes-int-or-string': true,
        anyOf: [{ type: 'integer' }, { type: 'string' }],
      }),
    ],
    ['a default', whole({ type: 'integer', default: 3, minimum: 1 })],
    [
      'logic over values',
      whole(object({ a: text }, { anyOf: [{ required: ['a'] }, { properties: { a: { enum: ['x'] } } }] })),
    ],
    [
      'names of the object',
      whole(text, { properties: { metadata: object({ name: { type: 'string', maxLength: 9 } }) } }),
    ],
    [
      'a list by two keys',
      whole({
        type: 'array',
        items: object({ a: text, b: { type: 'string', default: '' } }, { required: ['a'] }),
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['a', 'b'],
      }),
    ],
  ])('%s is accepted', (_, schema) => {
    expect(structuralFaults(schema)).toEqual([]);
  });

  test.each(badSchemas)('%s is refused', (_, schema, fault) => {
    expect(structuralFaults(schema)).toContain(fault);
  });
});
