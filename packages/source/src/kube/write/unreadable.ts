import { apiVersionOf, kinds, type Resource, type ResourceRef } from '@berth/api';
import { reasonOf } from '@berth/core';
import type { JsonObject } from '../api/json.ts';
import type { Entry } from '../watch/entry.ts';
import { contentOf, lastGoodAnnotation } from '../watch/last-good.ts';
import type { Definition } from './definition.ts';
import type { Step } from './step.ts';

/** All annotations of an object together may have 256 KiB. */
const longestKept = 100_000;

/** What has to be written about an object because it cannot be read, or can be read again. `now` is RFC 3339. */
export function stepsAbout(
  entry: Entry,
  { kind, name, namespace }: ResourceRef & { readonly kind: Resource['kind'] },
  definition: Definition,
  now: string,
): readonly Step[] {
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  const identity = { apiVersion: apiVersionOf(kinds[kind]), kind };
  const isBad = entry.problems.length > 0;
  const wanted = isBad && entry.resource ? JSON.stringify(contentOf(entry.resource)) : undefined;
  if (wanted !== entry.kept && (wanted?.length ?? 0) <= longestKept) {
    const annotations = { [lastGoodAnnotation]: wanted ?? null };
    return [{ verb: 'merge', part: 'main', body: { metadata: { ...metadata, annotations } } }];
  }
  const [problem] = entry.problems;
  if (!problem || entry.resource) return [];
  const said = {
    type: 'Ready',
    status: 'False',
    reason: reasonOf(problem.problem),
    message: `${problem.message}; ${problem.cure}`,
  };
  if (saysSo(entry.ready, said)) return [];
  const condition = { ...said, lastTransitionTime: now, lastUpdateTime: now };
  const status = definition.offered('status', { ready: false, conditions: [condition] });
  return [{ verb: 'apply', part: 'status', body: { ...identity, metadata, status } }];
}

function saysSo(ready: JsonObject | undefined, said: JsonObject): boolean {
  return ready !== undefined && Object.keys(said).every((key) => ready[key] === said[key]);
}
