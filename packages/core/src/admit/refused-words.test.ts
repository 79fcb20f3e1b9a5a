import type { Resource } from '@berth/api';
import { expect, test } from 'vitest';
import { badCases } from '../testing/bad-cases.ts';
import { fieldFabric, fieldStoryWith } from '../testing/field-story.ts';
import { settle } from '../testing/settle.ts';
import { refusedCodes } from './admit-object.ts';

/*
 * Whoever is refused something must be able to tell from the answer alone what: which field, what it says, why that may not be, and what
 * to do. What is refused comes of the same findings as conditions do, so every mistake there is a case of is looked at.
 */

const cases = badCases.filter(
  ({ expected }) => refusedCodes.includes(expected.code) && (expected.severity ?? 'error') === 'error',
);

/** What an object says at a path as findings write it: `spec.staticRoutes[0].cidr`, `metadata.annotations['key']`. */
function valueAt(object: Resource, path: string): unknown {
  const steps = [...path.matchAll(/\['([^']+)'\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, key, index, name]) => key ?? index ?? name ?? '',
  );
  return steps.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(step) : undefined,
    object,
  );
}

test.each(cases)(
  'the refusal names field, value, reason and cure: $what',
  ({ objects, fabric, expected }) => {
    const { findings } = settle(fieldStoryWith(...objects), fabric ?? fieldFabric);
    const found = findings.find(({ code }) => code === expected.code);
    expect(found?.field, 'field').toBeDefined();
    expect(found?.cure, 'cure').not.toBe('');
    const object = objects.find(
      ({ kind, metadata }) => kind === found?.object?.kind && metadata.name === found.object.name,
    );
    const value = object && valueAt(object, found?.field ?? '');
    if (value === undefined || typeof value === 'object') return;
    for (const part of typeof value === 'string' ? value.split(',') : [value])
      expect(found?.message, `${found?.field} ${JSON.stringify(value)}`).toContain(String(part));
  },
);

test('there are cases of most of what is refused', () => {
  expect(new Set(cases.map(({ expected }) => expected.code)).size).toBeGreaterThan(14);
});
