import { setTimeout as sleep } from 'node:timers/promises';
import type { DefinedKindName } from '@berth/api';
import type { Api } from '../api/api.ts';
import { statusError } from '../api/api.ts';
import { ApiError, isExpired, isTooNew } from '../api/api-error.ts';
import { type JsonObject, listIn, objectIn, textIn } from '../api/json.ts';
import { resourcePath } from '../api/resource-path.ts';
import type { Cache, Read } from './cache.ts';
import type { Versioned } from './entry-shape.ts';
import { isRawObject } from './raw-object.ts';
import { type Scope, scopeOf } from './scope.ts';
import { isNoNewerThan, laterOf } from './version.ts';

/** Why a watch came to its end. */
export type WatchEnd = 'timeout' | 'expired' | 'silent' | 'broken' | 'refused';

/** Told of what happens to a reflector. */
export type ReflectorObserver = {
  listed(kind: DefinedKindName, count: number): void;
  event(kind: DefinedKindName, type: string): void;
  watchEnded(kind: DefinedKindName, why: WatchEnd): void;
  failed(kind: DefinedKindName, error: unknown, delayMs: number): void;
};

export type ReflectorOptions = {
  readonly api: Api;
  readonly cache: Pick<Cache<Versioned>, 'kind' | 'latest' | 'put' | 'read' | 'remove' | 'replace'>;
  /** Which objects are followed; default those of `scopeOf`. */
  readonly scope?: Scope | undefined;
  readonly observe: ReflectorObserver;
  readonly signal: AbortSignal;
  /**
   * Before every list, and after a watch that ended: learns how the cluster defines the kind. False when it does not know the
   * kind at all. A definition that changes ends the watches of its kind.
   */
  readonly define: () => Promise<boolean>;
  readonly times?: Partial<ReflectorTimes> | undefined;
};

export type ReflectorTimes = {
  /** A watch is asked to end after this time, and up to half as long again: not all of them at once. */
  readonly watchSeconds: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
};

const usualTimes: ReflectorTimes = { watchSeconds: 240, firstDelayMs: 200, longestDelayMs: 10_000 };
const pageSize = 500;

/** How many watches in a row may break before everything is listed again. */
const patience = 5;

/** A watch that ends sooner than this was worth nothing. */
const shortMs = 1_000;

/** Keeps a cache of one kind like the cluster: lists, then follows one watch after the other, for as long as nobody says stop. */
export class Reflector {
  readonly kind: DefinedKindName;
  readonly #options: ReflectorOptions;
  readonly #times: ReflectorTimes;
  readonly #synced = Promise.withResolvers<void>();
  #isSynced = false;
  #fault: unknown;
  /** The version that the next watch goes on from; undefined when everything is to be listed. */
  #from: string | undefined;
  /** Whether the server may have been set back to an older state since: a watch did not end as it should. */
  #isInDoubt = false;
  #breaks = 0;

  constructor(options: ReflectorOptions) {
    this.#options = options;
    this.kind = options.cache.kind;
    this.#times = { ...usualTimes, ...options.times };
  }

  /** Resolves once everything was listed. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** What keeps the cache from following the cluster now; undefined when it does. */
  get fault(): unknown {
    return this.#fault;
  }

  /** Runs until the signal is aborted. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    let delayMs = this.#times.firstDelayMs;
    while (!signal.aborted) {
      try {
        await this.#follow();
        delayMs = this.#times.firstDelayMs;
      } catch (error) {
        if (signal.aborted) return;
        if (isOutOfDate(error) || isUnknown(error) || this.#breaks >= patience) this.#from = undefined;
        await this.#pause(error, delayMs);
        delayMs = Math.min(delayMs * 2, this.#times.longestDelayMs);
      }
    }
  }

  /** Lists if there is nothing to go on from, then follows one watch. */
  async #follow(): Promise<void> {
    if (this.#isInDoubt && this.#from !== undefined) this.#from = await this.#confirmed(this.#from);
    this.#from ??= await this.#list();
    this.#isInDoubt = false;
    this.#fault = undefined;
    const { define, signal } = this.#options;
    if (this.#from === undefined) {
      await sleep(this.#times.longestDelayMs, undefined, { signal });
      return;
    }
    this.#from = await this.#watch(this.#from);
    if (!(await define())) this.#from = undefined;
  }

  /** The version, unless the server has yet to reach it: it would hold a watch from there open and say nothing. */
  async #confirmed(from: string): Promise<string | undefined> {
    const version = versionOf(await this.#answered(this.#page({ limit: '1' })));
    return isNoNewerThan(from, version) ? from : undefined;
  }

  async #pause(error: unknown, delayMs: number): Promise<void> {
    const { signal, observe } = this.#options;
    const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
    const waitMs = Math.max(jittered(delayMs), asked);
    if (!isOutOfDate(error)) {
      this.#fault = error;
      observe.failed(this.kind, error, waitMs);
    }
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }

  /** Lists everything, page by page. Gives the version to watch from; undefined when the cluster has no such kind. */
  async #list(): Promise<string | undefined> {
    const { cache, observe, define } = this.#options;
    const seenBefore = cache.latest;
    if (!(await define())) {
      cache.replace([], seenBefore, seenBefore);
      this.#listed();
      return undefined;
    }
    const items: Read<Versioned>[] = [];
    let page: JsonObject = {};
    let next: string | undefined;
    do {
      page = await this.#page({ limit: String(pageSize), continue: next });
      for (const item of listIn(page, 'items')) if (isRawObject(item)) items.push(cache.read(item));
      next = textIn(objectIn(page, 'metadata'), 'continue') || undefined;
    } while (next !== undefined);
    const version = versionOf(page);
    cache.replace(items, version, seenBefore);
    observe.listed(this.kind, items.length);
    this.#breaks = 0;
    this.#listed();
    return version;
  }

  /** A page of what there is. */
  #page(asked: Readonly<Record<string, string | undefined>>): Promise<JsonObject> {
    return this.#options.api.call({ method: 'GET', ...this.#request(asked) });
  }

  /** What is asked of the objects that are followed. */
  #request(asked: Readonly<Record<string, string | undefined>>) {
    const { signal, scope = scopeOf(this.kind) } = this.#options;
    const { namespace, fieldSelector, labelSelector } = scope;
    const query = { ...asked, fieldSelector, labelSelector };
    return { path: resourcePath(this.kind, { namespace }), query, signal };
  }

  #listed(): void {
    this.#isSynced = true;
    this.#synced.resolve();
  }

  /** Follows one watch to its end. Gives the version to go on from. */
  async #watch(from: string): Promise<string> {
    const { observe, signal } = this.#options;
    const startMs = performance.now();
    let version = from;
    try {
      for await (const event of await this.#open(from)) {
        version = laterOf(this.#take(event), version);
        this.#breaks = 0;
      }
      observe.watchEnded(this.kind, 'timeout');
    } catch (error) {
      if (signal.aborted) throw error;
      observe.watchEnded(this.kind, endOf(error));
      this.#isInDoubt = true;
      if (endOf(error) !== 'silent') {
        this.#breaks += 1;
        if (version === from || error instanceof ApiError) throw error;
      }
    }
    if (performance.now() - startMs < shortMs)
      await sleep(jittered(this.#times.firstDelayMs), undefined, { signal });
    return version;
  }

  #open(from: string): Promise<AsyncGenerator<JsonObject>> {
    const request = this.#request({
      watch: '1',
      allowWatchBookmarks: 'true',
      resourceVersion: from,
      timeoutSeconds: String(Math.ceil(this.#times.watchSeconds * (1 + Math.random() / 2))),
    });
    return this.#answered(this.#options.api.watch(request));
  }

  /** A server that could not be reached may come back with an older state: everything is listed then. */
  async #answered<T>(asked: Promise<T>): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      if (!(error instanceof ApiError)) this.#from = undefined;
      throw error;
    }
  }

  /** Takes an event into the cache, and gives its version. */
  #take({ type, object }: JsonObject): string {
    const { cache, observe } = this.#options;
    observe.event(this.kind, String(type));
    if (type === 'ERROR') throw statusError(objectIn({ object }, 'object'));
    const version = textIn(objectIn(object, 'metadata'), 'resourceVersion');
    if (version === undefined) throw new Error(`a watch of ${this.kind} sent an event without a version`);
    if (type === 'BOOKMARK') return version;
    if (!isRawObject(object)) throw new Error(`a watch of ${this.kind} sent an object without a name`);
    if (type === 'DELETED') cache.remove(object);
    else if (type === 'ADDED' || type === 'MODIFIED') cache.put(object);
    return version;
  }
}

/** Of a page of a list. */
function versionOf(page: JsonObject): string {
  return textIn(objectIn(page, 'metadata'), 'resourceVersion') ?? '';
}

/** Everything must be listed again; that is nothing to worry about. */
function isOutOfDate(error: unknown): boolean {
  return isExpired(error) || isTooNew(error);
}

/** The kind is not there any more, or not as it was: how the cluster defines it is to be learned again. */
function isUnknown(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

function endOf(error: unknown): WatchEnd {
  if (isExpired(error)) return 'expired';
  if (error instanceof ApiError) return 'refused';
  return error instanceof Error && error.name === 'BodyTimeoutError' ? 'silent' : 'broken';
}

/** Between half of a time and all of it. */
function jittered(ms: number): number {
  return ms * (0.5 + Math.random() / 2);
}
