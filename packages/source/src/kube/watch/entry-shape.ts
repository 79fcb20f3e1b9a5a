import type { RawObject } from './raw-object.ts';

/** What a cache keeps of one object. */
export type Versioned = {
  /** Its resourceVersion. */
  readonly version: string;
};

/** How objects of a kind become entries, and which of them are the same to whoever is called back. */
export type EntryShape<E extends Versioned> = {
  entryOf(raw: RawObject, before?: E): E;
  isSame(left: E | undefined, right: E | undefined): boolean;
};
