import { formatRef, type ResourceRef } from '@berth/api';
import { type Finding, finding } from '@berth/core';
import type { Entry } from './entry.ts';

/** What is wrong with an object, and whether its last good version stays in effect meanwhile. */
export function problemFindings(object: ResourceRef, { problems, resource }: Entry): readonly Finding[] {
  if (problems.length === 0) return [];
  const found = problems.map(({ problem, field, message, cure }) =>
    finding(problem, { object, field: field === '' ? undefined : field, message, cure }),
  );
  if (!resource) return found;
  const kept = finding('last-good-used', {
    object,
    message: `the last good version of ${formatRef(object)} stays in effect until it is corrected`,
    cure: 'correct what is wrong with it',
  });
  return [...found, kept];
}
