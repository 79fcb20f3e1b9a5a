import type { Resource } from '@berth/api';

/** What is stored for one object, beside what the user wrote. */
export type Entry = {
  readonly uid: string;
  /** Rises when the user's spec changes, or for an object of the controller's when it changes it. */
  readonly generation: number;
  /** RFC 3339. */
  readonly creationTimestamp: string;
  /** Set while the object waits for its finalizer to be removed. */
  readonly deletionTimestamp?: string | undefined;
  readonly finalizers: readonly string[];
  /** As the user wrote it when it was last good, and in which file; absent on an object of the controller's. */
  readonly manifest?: { readonly file: string; readonly resource: Resource } | undefined;
  /** The whole object, on one of the controller's. */
  readonly own?: Resource | undefined;
  /** What the controller added to the user's object; the user's own values come before these. */
  readonly filled: Filled;
  readonly status?: unknown;
};

/** Fields the controller filled in that the user left out. */
export type Filled = {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, unknown>>;
};

/** All that a folder source stores. */
export type State = {
  /** The real path of the folder the objects come from; undefined before the first. */
  readonly folder?: string | undefined;
  readonly epoch: number;
  /** By `refKey`. */
  readonly entries: ReadonlyMap<string, Entry>;
};

/** The state before anything was stored. */
export const emptyState: State = { epoch: 0, entries: new Map() };

/** Nothing filled in. */
export const nothingFilled: Filled = { labels: {}, annotations: {}, spec: {} };
