import { isDeepStrictEqual } from 'node:util';
import { apiVersionOf, type KindName, kinds, type Problem, parseResource, type Resource } from '@berth/api';
import { isJsonObject, type JsonObject, listIn, objectIn, textIn } from '../api/json.ts';
import { type Owned, ownedBy } from '../write/owned.ts';
import type { EntryShape } from './entry-shape.ts';
import { contentOf, keptContent, lastGoodAnnotation } from './last-good.ts';
import { type RawObject, rawVersion, withoutNoise } from './raw-object.ts';

/** What is known of one object of the cluster. */
export type Entry = {
  /** Its resourceVersion. */
  readonly version: string;
  /** As it is listed: the present version, or the last good one with its present metadata and status. */
  readonly resource: Resource | undefined;
  /** What is wrong with the present version. */
  readonly problems: readonly Problem[];
  /** The fields that we applied. */
  readonly owned: Owned;
  /** All finalizers, ours and others'. */
  readonly finalizers: readonly string[];
  /** What was kept on the object itself of its last good version. */
  readonly kept: string | undefined;
  /** What the object says of itself, where it cannot be read. */
  readonly ready: JsonObject | undefined;
  readonly uid: string | undefined;
};

/**
 * What becomes of an entry with an object's new version. The listed object stays the very same for as long as nothing
 * about it changes that counts.
 */
export function entryOf(kind: KindName, given: RawObject, before?: Entry): Entry {
  const raw: RawObject = { ...given, apiVersion: apiVersionOf(kinds[kind]), kind };
  const parsed = parseResource(withoutNoise(raw));
  const kept = textIn(objectIn(raw.metadata, 'annotations'), lastGoodAnnotation);
  const good = before?.resource ? contentOf(before.resource) : keptContent(kept);
  const resource = parsed.ok ? parsed.resource : lastGood(before, good, raw);
  return {
    version: rawVersion(raw),
    resource: before && isDeepStrictEqual(before.resource, resource) ? before.resource : resource,
    problems: parsed.ok ? [] : parsed.problems,
    owned: ownedBy(listIn(raw.metadata, 'managedFields')),
    finalizers: textsOf(listIn(raw.metadata, 'finalizers')),
    kept,
    ready: parsed.ok ? undefined : readyOf(raw),
    uid: textIn(raw.metadata, 'uid'),
  };
}

/** Entries of a kind that users write, as a cache keeps them. */
export function entriesOf(kind: KindName): EntryShape<Entry> {
  return { entryOf: (raw, before) => entryOf(kind, raw, before), isSame: isSameToList };
}

/** Whether two versions of an entry say the same to a listing. */
function isSameToList(left: Entry | undefined, right: Entry | undefined): boolean {
  return left?.resource === right?.resource && isDeepStrictEqual(left?.problems, right?.problems);
}

/** The last good version of an object that is the same one, with what we and the server write of it now. */
function lastGood(
  before: Entry | undefined,
  good: JsonObject | undefined,
  raw: RawObject,
): Resource | undefined {
  if (good === undefined || (before && before.uid !== textIn(raw.metadata, 'uid'))) return undefined;
  const merged = parseResource({ ...withoutNoise(raw), ...good });
  return merged.ok ? merged.resource : before?.resource;
}

function readyOf(raw: RawObject): JsonObject | undefined {
  return listIn(objectIn(raw, 'status'), 'conditions').find(
    (each): each is JsonObject =>
      isJsonObject(each) && each['type'] === 'Ready' && each['node'] === undefined,
  );
}

function textsOf(values: readonly unknown[]): readonly string[] {
  return values.filter((value) => typeof value === 'string');
}
