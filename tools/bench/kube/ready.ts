import type { Api } from '../../../packages/source/src/kube/api/api.ts';
import { type JsonObject, listIn, objectIn, textIn } from '../../../packages/source/src/kube/api/json.ts';
import { kubeOvn } from './field.ts';

/** Knows which floating IPs are ready, from a watch of its own. */
export type ReadyWatch = AsyncDisposable & {
  /** Resolves once so many of them are. */
  count(wanted: number): Promise<void>;
  /** Resolves once this one is. */
  one(name: string): Promise<void>;
};

const path = `${kubeOvn}/ovn-fips`;

/** Follows the floating IPs of a cluster. */
export async function watchReady(api: Api): Promise<ReadyWatch> {
  const ready = new Set<string>();
  const waiting = new Set<() => void>();
  const take = (object: unknown): void => {
    const name = textIn(objectIn(object, 'metadata'), 'name') ?? '';
    if (objectIn(object, 'status')['ready'] === true) ready.add(name);
    else ready.delete(name);
  };
  const stop = new AbortController();
  const listed = await list(api, take);
  // A server ends the watch of whoever is too slow for a burst: then it is listed again.
  const followAll = async (): Promise<void> => {
    for (let resourceVersion = listed; !stop.signal.aborted; resourceVersion = await list(api, take)) {
      const query = { watch: '1', resourceVersion, timeoutSeconds: '3600' };
      for (const look of waiting) look();
      await follow(await api.watch({ path, query, signal: stop.signal }), (object) => {
        take(object);
        for (const look of waiting) look();
      });
    }
  };
  const following = followAll().catch((fault: unknown) => {
    if (!stop.signal.aborted) throw fault;
  });
  const until = (condition: () => boolean): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (condition()) resolve();
    };
    waiting.add(look);
    look();
    return promise.finally(() => waiting.delete(look));
  };
  return {
    count: (wanted) => until(() => ready.size >= wanted),
    one: (name) => until(() => ready.has(name)),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await following;
    },
  };
}

/** Takes everything there is; gives the version to go on from. */
async function list(api: Api, take: (object: unknown) => void): Promise<string | undefined> {
  const page = await api.call({ method: 'GET', path });
  for (const object of listIn(page, 'items')) take(object);
  return textIn(objectIn(page, 'metadata'), 'resourceVersion');
}

async function follow(events: AsyncGenerator<JsonObject>, take: (object: unknown) => void): Promise<void> {
  for await (const { type, object } of events) {
    if (type === 'ERROR') throw new Error(`the watch of floating IPs ended: ${JSON.stringify(object)}`);
    take(object);
  }
}
