import type { KindName, ResourceRef, ResourceSet } from '@berth/api';
import type { Finding, Notice, Position, ResourceWrite } from '@berth/core';
import type { NodeBoard } from './board/board.ts';

/** All objects at one moment, and what is wrong with the user's input. */
export type Listing = {
  /** Each as the user wrote it, with the metadata, filled-in fields and status that were stored for it. */
  readonly resources: ResourceSet;
  /** About the input as such; what it means is for others to judge. Positions are filled in. */
  readonly findings: readonly Finding[];
  /** The epoch stored last; 0 if none ever was. */
  readonly epoch: number;
  /** Where the user wrote an object, or one of its fields (the nearest there is); undefined if the user did not write it. */
  locate(object: ResourceRef, field?: string): Position | undefined;
};

/** Where resources can be read. */
export type Reader = AsyncDisposable & {
  /** Reads everything. @throws SourceFault when it cannot tell what there is; never a listing with objects missing. */
  list(): Promise<Listing>;
  /**
   * Calls back after something may have changed, once for changes close together, until disposed; with the kinds that changed, where
   * it is known.
   */
  watch(onChange: (kinds?: ReadonlySet<KindName>) => void): Disposable;
  close(): Promise<void>;
};

/** Who leads where this source is the one whose objects count. */
export type Claimant = {
  /** `cluster/UID`, or `state/HOST:PATH` of a folder's; undefined where a cluster does not tell. */
  readonly lead: string | undefined;
  /** Which lead this one may follow, as its operator wrote it last: the epoch of it; undefined where nothing was written. */
  readonly follow: string | undefined;
  /** How its operator says so; undefined where that is no matter of the source. */
  readonly sayFollow: ((epoch: number) => string) | undefined;
};

/** Where resources come from and status goes to. One controller has it at a time. */
export type Source = Reader & {
  /** By how much the clock that dates its objects is ahead of this machine's, in ms; absent where that is the same one. */
  readonly clockAheadMs?: number;
  /**
   * Stores status, finalizers, labels, annotations and filled-in spec fields of objects from the last listing, and
   * objects that the user did not write. A folder stores all writes or none, a cluster as many as it can; durable when it
   * returns. A field the user wrote keeps the user's value. An object that is deleted and loses the controller's finalizer
   * is gone.
   *
   * @throws SourceFault `stale-write` when an object changed since it was listed: list again.
   */
  store(writes: readonly ResourceWrite[]): Promise<void>;
  /**
   * Tells of all that is wrong with objects which have no condition to say so, where there is a place for it: once for as long as it
   * is so, also by the next controller, and once that it is over. `passing` is what happens in this pass alone. Never throws: nothing
   * else depends on it.
   */
  tell(standing: readonly Notice[], passing?: readonly Notice[]): Promise<void>;
  /** Stores a higher epoch; durable when it returns. @throws SourceFault `epoch-behind` if it is not higher. */
  storeEpoch(epoch: number): Promise<void>;
  /** Who the controller of this source is to others that look after the same OVN; after the first listing. */
  claimant(): Claimant;
  /** What passes between the controller of this source and the nodes' agents. Whoever opens it disposes of it, before the source. */
  nodeBoard(): NodeBoard;
};

/** A source that this process may write to until `lost` is aborted: then another controller may lead. `list` goes on, `store` is refused. */
export type HeldSource = Source & { readonly lost: AbortSignal };
