import { isDeepStrictEqual } from 'node:util';
import {
  berthGroup,
  emptyResourceSet,
  type IP,
  type KindName,
  kinds,
  type Resource,
  type ResourceSet,
} from '@berth/api';
import { type Finding, sortFindings } from '@berth/core';
import { SourceFault } from '../fault.ts';
import type { Listing, Reader } from '../source.ts';
import { Api, type ApiTimes, type CallObserver } from './api/api.ts';
import { ApiError, faultOf } from './api/api-error.ts';
import type { ClusterChoice } from './api/connection.ts';
import { listIn } from './api/json.ts';
import { resourcePath } from './api/resource-path.ts';
import type { FollowOptions } from './board/agent-objects.ts';
import { Cache } from './watch/cache.ts';
import { type Entry, entriesOf, entryOf } from './watch/entry.ts';
import { listedOf, resourcesOf } from './watch/listed.ts';
import { isRawObject } from './watch/raw-object.ts';
import { Reflector, type ReflectorObserver, type ReflectorTimes } from './watch/reflector.ts';
import { kindsRead, oneObject, type Scope } from './watch/scope.ts';
import type { Definition } from './write/definition.ts';
import { isNotServed, notInstalled, outdated, readDefinition, unserved } from './write/read-definition.ts';

/** Told of what happens between us and the cluster. */
export type KubeObserver = Partial<ReflectorObserver> & {
  called?: CallObserver;
};

export type KubeReaderOptions = ClusterChoice & {
  readonly observe?: KubeObserver | undefined;
  /** The kinds to follow, and which objects of them; all of every kind by default. */
  readonly follow?: ReadonlyMap<KindName, Scope | undefined> | undefined;
  /** Our clock, in ms since 1970. */
  readonly nowMs?: (() => number) | undefined;
  readonly times?: Partial<ApiTimes & ReflectorTimes & { readonly firstListMs: number }> | undefined;
};

/** How long a first listing may take before it is told why there is none. */
const firstListMs = 30_000;

/** How long a list that is refused may be tried again before that is told: an API server that starts knows its roles late. */
const refusedMs = 2_000;

/** One kind of a cluster: what there is, how it is followed, and how the cluster defines it. */
type Followed = {
  readonly cache: Cache;
  readonly reflector: Reflector;
  /** Undefined where nothing can be written to the kind. */
  definition: Definition | undefined;
  /** Why there is none though there are objects; what is known of them counts on. */
  notServed: SourceFault | undefined;
};

/** Follows the kinds of a cluster, with one watch each. Writes nothing, and knows of no epoch. */
export class KubeReader implements Reader {
  readonly api: Api;
  readonly #options: KubeReaderOptions;
  readonly #stop = new AbortController();
  readonly #kinds: ReadonlyMap<KindName, Followed>;
  readonly #listeners = new Set<(kinds: ReadonlySet<KindName>) => void>();
  readonly #running: readonly Promise<void>[];
  #pending: NodeJS.Immediate | undefined;
  /** The kinds of which that is to be told. */
  #changedKinds = new Set<KindName>();
  /** Called when the cluster refuses a list or a watch. */
  readonly #onRefusal = new Set<() => void>();

  /** @throws SourceFault `cluster-config` */
  constructor(options: KubeReaderOptions) {
    this.#options = options;
    this.api = new Api(options, options.observe?.called, options.times, options.nowMs);
    const wanted = options.follow ?? new Map(kindsRead.map((kind) => [kind, undefined]));
    this.#kinds = new Map([...wanted].map(([kind, scope]) => [kind, this.#follow(kind, scope)]));
    this.#running = [...this.#kinds.values()].map(({ reflector }) => reflector.run());
  }

  async list(): Promise<Listing> {
    await this.#untilSynced();
    const listed = [...this.#kinds].map(
      ([kind, { cache }]) => [kind, listedOf(cache.entries, { kind, asker: cache })] as const,
    );
    const resources = Object.fromEntries(listed.map(([kind, { sorted }]) => [kind, sorted]));
    const findings = listed.flatMap(([, { findings: ofKind }]) => ofKind);
    return {
      resources: { ...emptyResourceSet(), ...resources },
      findings: sortFindings([...findings, ...this.#definitionFindings()]),
      epoch: 0,
      locate: () => undefined,
    };
  }

  watch(onChange: (kinds: ReadonlySet<KindName>) => void): Disposable {
    this.#listeners.add(onChange);
    return { [Symbol.dispose]: () => this.#listeners.delete(onChange) };
  }

  async close(): Promise<void> {
    this.#stop.abort();
    clearImmediate(this.#pending);
    this.#listeners.clear();
    await Promise.all(this.#running.map((each) => each.catch(() => undefined)));
    await this.api.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** How other kinds of the same cluster are followed. */
  get following(): FollowOptions {
    const { observe, times } = this.#options;
    return { api: this.api, observe, times, firstListMs: times?.firstListMs };
  }

  /** Where an object of a kind is written to. @throws SourceFault `write-refused` when the cluster does not know the kind. */
  target(kind: KindName): { readonly cache: Cache; readonly definition: Definition } {
    const followed = this.#kinds.get(kind);
    if (followed?.definition) return { cache: followed.cache, definition: followed.definition };
    const why =
      followed?.notServed?.message ?? `the cluster has no ${kinds[kind].plural}; install the CRDs of Berth`;
    throw new SourceFault('write-refused', why);
  }

  /** What is known of an object now. */
  entry({
    kind,
    namespace = '',
    name,
  }: Pick<Resource['metadata'], 'namespace' | 'name'> & { readonly kind: KindName }) {
    return this.#kinds.get(kind)?.cache.entries.get(`${namespace}/${name}`);
  }

  /** An IP as the cluster has it now, followed or not; undefined where there is none that can be read. @throws SourceFault */
  async ipNamed(name: string): Promise<IP | undefined> {
    const { api } = this;
    const query = oneObject(name);
    const page = await api
      .call({ method: 'GET', path: resourcePath('IP'), query, signal: this.#stop.signal })
      .catch((error: unknown) => {
        throw faultOf(error, `reading ip/${name}`, api.server);
      });
    const [raw] = listIn(page, 'items').filter(isRawObject);
    const resource = raw && entryOf('IP', raw).resource;
    return resource?.kind === 'IP' ? resource : undefined;
  }

  /** All entries as they are now, by kind. */
  snapshot(): ReadonlyMap<KindName, ReadonlyMap<string, Entry>> {
    return new Map([...this.#kinds].map(([kind, { cache }]) => [kind, cache.entries]));
  }

  /**
   * The objects as they are known now, without those that cannot be read: kinds that are not listed yet are empty. For
   * those who have to answer at once; unlike a listing in no order.
   */
  resources(): ResourceSet {
    const known = [...this.#kinds].map(
      ([kind, { cache }]) => [kind, resourcesOf(cache, cache.entries)] as const,
    );
    return { ...emptyResourceSet(), ...Object.fromEntries(known) };
  }

  /** Whether every kind was listed, and which are not followed now. */
  health(): { readonly isSynced: boolean; readonly lost: readonly KindName[] } {
    const all = [...this.#kinds];
    return {
      isSynced: all.every(([, { reflector }]) => reflector.isSynced),
      lost: all.filter(([, { reflector }]) => reflector.fault !== undefined).map(([kind]) => kind),
    };
  }

  #follow(kind: KindName, scope: Scope | undefined): Followed {
    const { observe = {}, times } = this.#options;
    const cache = new Cache(kind, entriesOf(kind), () => this.#changed(kind));
    const followed: Followed = {
      cache,
      definition: undefined,
      notServed: undefined,
      reflector: new Reflector({
        api: this.api,
        cache,
        scope,
        signal: this.#stop.signal,
        times,
        observe: {
          listed: (...told) => observe.listed?.(...told),
          event: (...told) => observe.event?.(...told),
          watchEnded: (...told) => observe.watchEnded?.(...told),
          failed: (of, error, delayMs) => {
            if (isRefusal(error)) for (const refused of this.#onRefusal) refused();
            observe.failed?.(of, error, delayMs);
          },
        },
        define: () => this.#define(kind, followed),
      }),
    };
    return followed;
  }

  /** Learns how the cluster defines a kind. Gives whether it knows it. Throws as {@link readDefinition}. */
  async #define(kind: KindName, followed: Followed): Promise<boolean> {
    const { definition, notServed } = followed;
    try {
      followed.definition = await readDefinition(kind, this.api, this.#stop.signal);
      followed.notServed = undefined;
      return followed.definition !== undefined;
    } catch (error) {
      if (isNotServed(error)) {
        followed.definition = undefined;
        followed.notServed = error;
      }
      throw error;
    } finally {
      const isSame = isDeepStrictEqual(definition?.lacks, followed.definition?.lacks);
      if (!isSame || (notServed === undefined) !== (followed.notServed === undefined)) this.#changed(kind);
    }
  }

  /** Calls back once for all changes that come at a time. */
  #changed(kind: KindName): void {
    this.#changedKinds.add(kind);
    this.#pending ??= setImmediate(() => {
      const kinds = this.#changedKinds;
      this.#changedKinds = new Set();
      this.#pending = undefined;
      for (const listener of this.#listeners) listener(kinds);
    });
  }

  /** @throws SourceFault why a kind cannot be listed, or may not be followed any more. */
  async #untilSynced(): Promise<void> {
    this.#refuseClosed();
    const all = [...this.#kinds];
    const limitMs = this.#options.times?.firstListMs ?? firstListMs;
    if (!this.health().isSynced) await this.#firstLists(limitMs);
    this.#refuseClosed();
    for (const [kind, { reflector }] of all) {
      const { fault, isSynced } = reflector;
      if (isSynced && (isNotServed(fault) || !isRefusal(fault))) continue;
      throw faultOf(
        fault ?? new Error(`no answer within ${limitMs / 1_000} s`),
        `listing ${kinds[kind].plural}`,
        this.api.server,
      );
    }
  }

  /** @throws SourceFault `closed` */
  #refuseClosed(): void {
    if (this.#stop.signal.aborted) throw new SourceFault('closed', 'the source was closed');
  }

  /** Waits until everything was listed or it was closed, but not for long once one of the lists is refused. */
  async #firstLists(limitMs: number): Promise<void> {
    const reflectors = [...this.#kinds.values()].map(({ reflector }) => reflector);
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, limitMs);
    const closed = (): void => resolve();
    let refusal: NodeJS.Timeout | undefined;
    const refused = (): void => {
      refusal ??= setTimeout(resolve, refusedMs);
    };
    this.#onRefusal.add(refused);
    if (reflectors.some(({ fault }) => isRefusal(fault))) refused();
    this.#stop.signal.addEventListener('abort', closed, { once: true });
    await Promise.race([late, Promise.all(reflectors.map(({ synced }) => synced))]);
    this.#stop.signal.removeEventListener('abort', closed);
    this.#onRefusal.delete(refused);
    clearTimeout(timer);
    clearTimeout(refusal);
  }

  /** Kube-OVN's definitions lack what ours add, which is as it should be: only of our own kinds that is told. */
  #definitionFindings(): readonly Finding[] {
    return [...this.#kinds].flatMap(([kind, { definition, notServed }]) => {
      if (notServed) return [unserved(notServed)];
      if (definition === undefined) return [notInstalled(kind)];
      return kinds[kind].group === berthGroup ? (outdated(kind, definition) ?? []) : [];
    });
  }
}

/** Whether the cluster refuses us, so that what we know may be out of date and will stay so. */
function isRefusal(fault: unknown): boolean {
  return (
    (fault instanceof ApiError && (fault.status === 401 || fault.status === 403)) ||
    fault instanceof SourceFault
  );
}
