import { customResourceDefinition } from '@berth/api';
import { expect, test } from 'vitest';
import { lackingFields } from './definition-gap.ts';

function schema() {
  const [version] = JSON.parse(JSON.stringify(customResourceDefinition('NodeOrder'))).spec.versions;
  return version.schema.openAPIV3Schema;
}

test('a definition lacks nothing of itself', () => {
  expect(lackingFields(schema(), schema())).toEqual([]);
});

test('a field that is lacking is named, also inside lists, and nothing inside it', () => {
  const older = schema();
  delete older.properties.spec.properties.heartbeatMs;
  delete older.properties.spec.properties.probes.items.properties.targets;
  delete older.properties.spec.properties.witnesses;
  expect(lackingFields(schema(), older)).toEqual([
    'spec.heartbeatMs',
    'spec.probes[].targets',
    'spec.witnesses',
  ]);
});

test('where what is not known is kept, nothing is lacking', () => {
  const keeping = { properties: { spec: { 'x-kubernetes-preserve-unknown-fields': true } } };
  expect(lackingFields({ properties: { spec: { properties: { a: {} } } } }, keeping)).toEqual([]);
});
