import { isDeepStrictEqual } from 'node:util';
import { controllerFinalizer, formatRef, type Resource, type ResourceRef, refOfKey } from '@berth/api';
import { type Finding, finding, type Position } from '@berth/core';
import type { FolderReading } from '../folder/folder-reading.ts';
import { wholeSeconds } from '../whole-seconds.ts';
import { contentOf, fieldOf, fieldsOf, manifestOf } from './manifest.ts';
import { type Entry, type Filled, nothingFilled, type State } from './state.ts';

/** Whence times and ids come. */
export type Identify = {
  /** RFC 3339. */
  now(): string;
  newUid(): string;
};

/** The state that follows from what the folder holds now. */
export type Reconciled = {
  readonly state: State;
  readonly changed: boolean;
  /** Objects whose deletion begins with this state, by key. */
  readonly deletions: ReadonlySet<string>;
  readonly findings: readonly Finding[];
};

/**
 * Takes what the folder holds into the state. An object that is gone is deleted, one that waits and is back is not
 * deleted after all; one that is there but not good keeps its last good version, and so does one that is gone while
 * a file that cannot be read may hold it. Only keys in `mayDelete` are deleted, if it is given.
 */
export function reconcile(
  state: State,
  reading: FolderReading,
  identify: Identify,
  mayDelete?: ReadonlySet<string>,
): Reconciled {
  const entries = new Map(state.entries);
  for (const [key, { resource, file }] of reading.objects) {
    const before = state.entries.get(key);
    entries.set(key, before ? updated(before, resource, file) : created(resource, file, identify));
  }
  const findings: Finding[] = [];
  const deletions = new Set<string>();
  for (const [key, entry] of missing(state, reading)) {
    const doubt = doubtAbout(key, entry, reading);
    if (doubt) findings.push(lastGoodFinding(doubt.object, doubt.at));
    else if (mayDelete?.has(key) ?? true) deletions.add(key);
  }
  for (const key of deletions) {
    const waiting = deleted(entries.get(key), identify);
    if (waiting) entries.set(key, waiting);
    else entries.delete(key);
  }
  const changed =
    entries.size !== state.entries.size ||
    [...entries].some(([key, entry]) => state.entries.get(key) !== entry);
  return { state: { ...state, entries }, changed, deletions, findings };
}

/** The user's objects that were there and are not, save those whose deletion began before. */
function missing(state: State, { objects }: FolderReading): readonly (readonly [string, Entry])[] {
  return [...state.entries].filter(
    ([key, entry]) => !entry.own && entry.deletionTimestamp === undefined && !objects.has(key),
  );
}

/** The object waiting for its finalizer; undefined when nothing holds it. */
function deleted(entry: Entry | undefined, { now }: Identify): Entry | undefined {
  if (!entry?.manifest || !entry.finalizers.includes(controllerFinalizer)) return undefined;
  return { ...entry, deletionTimestamp: now() };
}

function created(resource: Resource, file: string, { now, newUid }: Identify): Entry {
  const uid = newUid();
  return {
    uid,
    generation: 1,
    // Who only reads gives no ids, and knows of no time but what the file says.
    creationTimestamp: writtenTime(resource) ?? (uid === '' ? '' : now()),
    finalizers: [],
    manifest: { file, resource: manifestOf(resource) },
    filled: nothingFilled,
  };
}

/** When an object was made as its file says, which an exported one does (RFC 3339); undefined for what is no time. */
function writtenTime({ metadata }: Resource): string | undefined {
  const ms = Date.parse(metadata.creationTimestamp ?? '');
  return Number.isNaN(ms) ? undefined : wholeSeconds(ms);
}

function updated(entry: Entry, given: Resource, file: string): Entry {
  const resource = manifestOf(given);
  const before = entry.manifest?.resource ?? entry.own;
  const same = entry.manifest?.file === file && isDeepStrictEqual(entry.manifest.resource, resource);
  if (same && entry.deletionTimestamp === undefined) return entry;
  const { own, deletionTimestamp: _waited, ...kept } = entry;
  return {
    ...kept,
    generation: entry.generation + (before && sameSpec(before, resource) ? 0 : 1),
    manifest: { file, resource },
    filled: own ? filledBy(own) : entry.filled,
  };
}

/** What the controller made by itself counts as filled in once the user writes the object. */
function filledBy(own: Resource): Filled {
  const { labels, annotations } = own.metadata;
  return { labels, annotations, spec: fieldsOf(fieldOf(own, 'spec')) };
}

/** Whether all is equal that the generation counts changes of: everything but metadata and status. */
function sameSpec(left: Resource, right: Resource): boolean {
  return isDeepStrictEqual(specOnly(left), specOnly(right));
}

function specOnly(resource: Resource): object {
  return { ...contentOf(resource), metadata: undefined };
}

function doubtAbout(
  key: string,
  { manifest }: Entry,
  reading: FolderReading,
): { readonly object: ResourceRef; readonly at: Position | undefined } | undefined {
  const object = refOfKey(key);
  if (reading.invalid.has(key)) return { object, at: reading.invalid.get(key) };
  const at = reading.doubtAbout(object.name, manifest?.file);
  return at && { object, at };
}

function lastGoodFinding(object: ResourceRef, at: Position | undefined): Finding {
  return finding('last-good-used', {
    object,
    at,
    message: `the last good version of ${formatRef(object)} stays in effect${at ? ` until ${at.file} is corrected` : ''}`,
    cure: 'correct what is wrong here, or remove the object from a file that is otherwise good',
  });
}
