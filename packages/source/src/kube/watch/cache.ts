import type { DefinedKindName } from '@berth/api';
import type { Entry } from './entry.ts';
import type { EntryShape, Versioned } from './entry-shape.ts';
import { type RawObject, rawKey, rawVersion } from './raw-object.ts';
import { SortedEntries } from './sorted-entries.ts';
import { isNoNewerThan, laterOf } from './version.ts';

/** What a cache takes in of an object of a list. */
export type Read<E> = { readonly key: string; readonly entry: E };

/** How many deletions are remembered, so that a late event does not bring an object back. */
const rememberedDeletions = 10_000;

/**
 * The objects of one kind, from lists, watch events and answers to our own writes in whatever order they come: of two
 * versions of an object the later one counts. Calls back when what is listed changes.
 */
export class Cache<E extends Versioned = Entry> {
  readonly kind: DefinedKindName;
  readonly #shape: EntryShape<E>;
  readonly #onChange: () => void;
  #entries = SortedEntries.of<E>();
  #isHandedOut = false;
  readonly #deletions = new Map<string, string>();
  /** The latest version that was seen of any object. */
  #latest = '0';

  constructor(kind: DefinedKindName, shape: EntryShape<E>, onChange: () => void) {
    this.kind = kind;
    this.#shape = shape;
    this.#onChange = onChange;
  }

  /** By namespace and name, in the order of these. A map that was handed out does not change any more. */
  get entries(): ReadonlyMap<string, E> {
    this.#isHandedOut = true;
    return this.#entries;
  }

  get latest(): string {
    return this.#latest;
  }

  /** An object was made or changed. */
  put(raw: RawObject): void {
    const key = rawKey(raw);
    const before = this.#entries.get(key);
    // The answer to the write that lets go of an object may carry the version from before it.
    if (before?.version === rawVersion(raw) && isGone(raw)) {
      this.#forget(key, before.version);
      return;
    }
    if (before && isNoNewerThan(rawVersion(raw), before.version)) return;
    const deletion = this.#deletions.get(key);
    if (deletion !== undefined && isNoNewerThan(rawVersion(raw), deletion)) return;
    this.#latest = laterOf(rawVersion(raw), this.#latest);
    if (isGone(raw)) this.#forget(key, rawVersion(raw));
    else this.#set(key, this.#shape.entryOf(raw, before));
  }

  /** An object is gone as of the version it carries. */
  remove(raw: RawObject): void {
    const key = rawKey(raw);
    const before = this.#entries.get(key);
    if (before && !isNoNewerThan(before.version, rawVersion(raw))) return;
    this.#latest = laterOf(rawVersion(raw), this.#latest);
    this.#forget(key, rawVersion(raw));
  }

  /** Reads an object of a list, so that the rest of it need not be kept until the list is complete. */
  read(raw: RawObject): Read<E> {
    const key = rawKey(raw);
    return { key, entry: this.#shape.entryOf(raw, this.#entries.get(key)) };
  }

  /**
   * Everything there is, as a list says that was asked for when `seenBefore` was the latest version known. The list
   * counts, be it older (the server was restored from a backup), but for what became known since it was asked for.
   */
  replace(objects: readonly Read<E>[], version: string, seenBefore: string): void {
    const before = this.#entries;
    const isKnownSince = (known: string): boolean =>
      !isNoNewerThan(known, seenBefore) && !isNoNewerThan(known, version);
    const entries = new Map<string, E>();
    for (const { key, entry } of objects) {
      if (!isKnownSince(this.#deletions.get(key) ?? seenBefore)) entries.set(key, entry);
    }
    for (const [key, entry] of before) if (isKnownSince(entry.version)) entries.set(key, entry);
    this.#deletions.clear();
    this.#latest = isKnownSince(this.#latest) ? this.#latest : version;
    this.#entries = SortedEntries.of(entries);
    this.#isHandedOut = false;
    const isSame = ([key, each]: readonly [string, E]): boolean => this.#shape.isSame(before.get(key), each);
    if (before.size !== entries.size || ![...entries].every(isSame)) this.#onChange();
  }

  #set(key: string, entry: E): void {
    const before = this.#entries.get(key);
    this.#ownEntries().set(key, entry);
    if (!this.#shape.isSame(before, entry)) this.#onChange();
  }

  #forget(key: string, version: string): void {
    this.#deletions.delete(key);
    this.#deletions.set(key, version);
    const [oldest] = this.#deletions.keys();
    if (this.#deletions.size > rememberedDeletions && oldest !== undefined) this.#deletions.delete(oldest);
    if (!this.#entries.has(key)) return;
    this.#ownEntries().delete(key);
    this.#onChange();
  }

  /** The entries to be changed in place: a copy if somebody has them. */
  #ownEntries(): SortedEntries<E> {
    if (this.#isHandedOut) this.#entries = this.#entries.copy();
    this.#isHandedOut = false;
    return this.#entries;
  }
}

/** Whether an object is let go with this version of it: nothing holds it any more, and it is given no time to end, as a pod is. */
function isGone(raw: RawObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = raw.metadata;
  return deletionTimestamp !== undefined && !deletionGracePeriodSeconds && !hasFinalizers(raw);
}

function hasFinalizers({ metadata }: RawObject): boolean {
  return Array.isArray(metadata['finalizers']) && metadata['finalizers'].length > 0;
}
