import { isDeepStrictEqual } from 'node:util';
import { type AgentKindName, type AgentResourceByKind, agentKinds, apiVersionOf } from '@berth/api';
import { type Finding, perObject } from '@berth/core';
import { SourceFault } from '../../fault.ts';
import type { Api } from '../api/api.ts';
import { ApiError, faultOf } from '../api/api-error.ts';
import { objectIn, textIn } from '../api/json.ts';
import { resourcePath } from '../api/resource-path.ts';
import { Cache } from '../watch/cache.ts';
import type { EntryShape, Versioned } from '../watch/entry-shape.ts';
import { type RawObject, rawVersion, withoutNoise } from '../watch/raw-object.ts';
import { Reflector, type ReflectorObserver, type ReflectorTimes } from '../watch/reflector.ts';
import type { Scope } from '../watch/scope.ts';
import { builtIn, type Definition } from '../write/definition.ts';
import { isNotServed, notInstalled, outdated, readDefinition } from '../write/read-definition.ts';

/** What is known of one report or order. */
export type AgentEntry<K extends AgentKindName> = Versioned & {
  readonly uid: string | undefined;
  /** What stands for its contents, where it says that. */
  readonly revision: string | undefined;
  /** Undefined when it cannot be read. */
  readonly object: AgentResourceByKind[K] | undefined;
};

export type FollowOptions = {
  readonly api: Api;
  readonly observe?: Partial<ReflectorObserver> | undefined;
  readonly times?: Partial<ReflectorTimes> | undefined;
  /** Which objects; all of them by default. */
  readonly scope?: Scope | undefined;
  /** How long a first listing may take before it is told why there is none. */
  readonly firstListMs?: number | undefined;
  /** Whether to look how the cluster defines the kind, which takes the right to read definitions. */
  readonly readsDefinition?: boolean | undefined;
};

/** The objects of a kind as the cluster has them now. */
export type AgentObjects<K extends AgentKindName> = AsyncDisposable & {
  readonly cache: Cache<AgentEntry<K>>;
  /** What the cluster keeps of what is written. */
  readonly definition: Definition;
  /** That the cluster does not know the kind, or drops some of it. */
  readonly findings: readonly Finding[];
  /**
   * Resolves once everything was listed; with false where the cluster does not know the kind, which is told as a failure
   * of following it. Throws SourceFault when it takes too long, or is refused.
   */
  ready(): Promise<boolean>;
};

const usualFirstListMs = 30_000;

/** Follows the reports, or the orders, until disposed. A cluster that does not know the kind has none of it. */
export function followAgentObjects<K extends AgentKindName>(
  kind: K,
  { api, observe = {}, times, scope, firstListMs = usualFirstListMs, readsDefinition = false }: FollowOptions,
  onChange: () => void,
): AgentObjects<K> {
  const stop = new AbortController();
  const refused = Promise.withResolvers<void>();
  let definition: Definition | undefined = builtIn;
  const define = async (): Promise<boolean> => {
    const before = definition;
    definition = await definitionNow(kind, api, stop.signal, readsDefinition);
    if (!isDeepStrictEqual(before?.lacks, definition?.lacks)) onChange();
    if (!definition) observe.failed?.(kind, missing(kind), 0);
    return definition !== undefined;
  };
  const cache = new Cache<AgentEntry<K>>(kind, agentEntriesOf(kind), onChange);
  const reflector = new Reflector({
    api,
    cache,
    scope,
    times,
    signal: stop.signal,
    define,
    observe: {
      listed: (...told) => observe.listed?.(...told),
      event: (...told) => observe.event?.(...told),
      watchEnded: (...told) => observe.watchEnded?.(...told),
      failed: (of, error, delayMs) => {
        if (error instanceof ApiError && (error.status === 401 || error.status === 403)) refused.resolve();
        observe.failed?.(of, error, delayMs);
      },
    },
  });
  const running = reflector.run();
  return {
    cache,
    get definition() {
      return definition ?? builtIn;
    },
    get findings() {
      if (!definition) return [notInstalled(kind)];
      const older = outdated(kind, definition);
      return older ? [older] : [];
    },
    async ready() {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, firstListMs);
      await Promise.race([late, refused.promise, reflector.synced]);
      clearTimeout(timer);
      if (reflector.isSynced) return definition !== undefined;
      const why = reflector.fault ?? new Error(`no answer within ${firstListMs / 1_000} s`);
      throw faultOf(why, `listing ${agentKinds[kind].plural}`, api.server);
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running.catch(() => undefined);
    },
  };
}

/** How the cluster defines the kind, as far as we may know; undefined when it does not know it. */
async function definitionNow(
  kind: AgentKindName,
  api: Api,
  signal: AbortSignal,
  reads: boolean,
): Promise<Definition | undefined> {
  try {
    if (reads) return await readDefinition(kind, api, signal);
  } catch (error) {
    // A role of a release before ours does not have the right.
    const isUnknown = error instanceof ApiError && error.status === 403;
    if (!isUnknown && !isNotServed(error)) throw error;
  }
  return (await isServed(kind, api, signal)) ? builtIn : undefined;
}

async function isServed(kind: AgentKindName, api: Api, signal: AbortSignal): Promise<boolean> {
  try {
    await api.call({ method: 'GET', path: resourcePath(kind), query: { limit: '1' }, signal });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}

function missing(kind: AgentKindName): SourceFault {
  const { plural, group } = agentKinds[kind];
  const message = `the cluster has no ${plural}.${group}; install the CRDs of Berth, which are in crds/`;
  return new SourceFault('write-refused', message);
}

/** Every version counts, also one that says nothing new: a heartbeat. */
function agentEntriesOf<K extends AgentKindName>(kind: K): EntryShape<AgentEntry<K>> {
  const read = perObject((raw: RawObject) => readAgentObject(kind, raw));
  return {
    entryOf: (raw) => ({
      version: rawVersion(raw),
      uid: textIn(raw.metadata, 'uid'),
      revision: textIn(objectIn(raw, 'spec'), 'revision'),
      // Read when it is asked for: nobody asks for an order that was just left, and it may hold thousands of addresses.
      get object() {
        return read(raw);
      },
    }),
    isSame: (left, right) => left?.version === right?.version,
  };
}

/** A report or an order as the API server gives it; undefined when it is not what it must be. */
export function readAgentObject<K extends AgentKindName>(
  kind: K,
  raw: RawObject,
): AgentResourceByKind[K] | undefined {
  const facts = agentKinds[kind];
  return facts.schema.safeParse({ ...withoutNoise(raw), apiVersion: apiVersionOf(facts), kind }).data;
}
