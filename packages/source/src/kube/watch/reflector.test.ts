import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Api, type ApiTimes } from '../api/api.ts';
import { type FakeApi, no, page, startFakeApi, vpc } from '../testing/fake-api.ts';
import { Cache } from './cache.ts';
import { entriesOf } from './entry.ts';
import { Reflector } from './reflector.ts';
import { podsOfNode, type Scope } from './scope.ts';

let fake: FakeApi;
let stops: (() => Promise<void>)[];
beforeEach(async () => {
  fake = await startFakeApi();
  stops = [];
});
afterEach(async () => {
  for (const stop of stops) await stop();
  await fake[Symbol.asyncDispose]();
});

/** A reflector of Vpcs on the fake server, with what it told. */
function follow(times: Partial<ApiTimes> = {}, scope?: Scope, define = async () => true) {
  const stop = new AbortController();
  const told: string[] = [];
  const delays: number[] = [];
  const changes = { count: 0 };
  const waiting: (() => void)[] = [];
  const cache = new Cache('Vpc', entriesOf('Vpc'), () => {
    changes.count += 1;
    for (const resolve of waiting.splice(0)) resolve();
  });
  const api = new Api({ kubeconfig: fake.kubeconfig }, undefined, times);
  const reflector = new Reflector({
    api,
    cache,
    scope,
    signal: stop.signal,
    define,
    times: { firstDelayMs: 5, longestDelayMs: 20 },
    observe: {
      listed: (_kind, count) => told.push(`listed ${count}`),
      event: (_kind, type) => told.push(type),
      watchEnded: (_kind, why) => told.push(why),
      failed: (_kind, _error, delayMs) => {
        told.push('failed');
        delays.push(delayMs);
      },
    },
  });
  const running = reflector.run();
  stops.push(async () => {
    stop.abort();
    await running;
    await api.close();
  });
  const names = () => [...cache.entries.values()].map(({ resource }) => resource?.metadata.name);
  const changed = () => new Promise<void>((resolve) => waiting.push(resolve));
  return { reflector, cache, told, delays, changes, names, changed };
}

describe('a list', () => {
  test('of a kind that went while nobody watched has nothing in it', async () => {
    let isKnown = true;
    fake.lists = [page(10, [vpc('a', 3)])];
    const { names, changed, reflector } = follow({}, undefined, async () => isKnown);
    await reflector.synced;
    const watch = await fake.nextWatch();
    isKnown = false;
    fake.lists = [no(404, 'NotFound')];
    const gone = changed();
    watch.cut();
    await gone;
    expect(names()).toEqual([]);
  });

  test('is read page by page, and the watch begins where it ended', async () => {
    fake.lists = [page(10, [vpc('a', 3)], 'next'), page(10, [vpc('b', 7)])];
    const { reflector, names, told } = follow();
    await reflector.synced;
    const { query } = await fake.nextWatch();
    expect(names()).toEqual(['a', 'b']);
    expect(told).toEqual(['listed 2']);
    expect(fake.listed.map((each) => each.get('continue'))).toEqual([null, 'next']);
    expect(Object.fromEntries(query)).toMatchObject({ resourceVersion: '10', allowWatchBookmarks: 'true' });
    const seconds = Number(query.get('timeoutSeconds'));
    expect(seconds >= 240 && seconds <= 360).toBe(true);
  });

  test('and the watch after it are of the objects that are asked for', async () => {
    fake.lists = [page(10, [])];
    follow({}, podsOfNode('n1').get('IP'));
    const { query } = await fake.nextWatch();
    const selectors = [fake.listed[0], query].map((each) => each?.get('labelSelector'));
    expect(selectors).toEqual(['ovn.kubernetes.io/node-name=n1', 'ovn.kubernetes.io/node-name=n1']);
    expect(podsOfNode('n1').get('Pod')).toEqual({ fieldSelector: 'spec.nodeName=n1' });
  });

  test('whose pages expired is begun again', async () => {
    fake.lists = [page(10, [vpc('a', 3)], 'next'), no(410, 'Expired'), page(12, [vpc('a', 3), vpc('b', 11)])];
    const { reflector, names, told } = follow();
    await reflector.synced;
    expect(names()).toEqual(['a', 'b']);
    expect(told).toEqual(['listed 2']);
  });

  test('that is refused is asked for again, when the server says', async () => {
    fake.lists = [{ ...no(429, 'TooManyRequests'), headers: { 'retry-after': '1' } }, page(5, [vpc('a', 3)])];
    const { reflector, delays, told } = follow();
    await reflector.synced;
    expect(told).toEqual(['failed', 'listed 1']);
    expect(delays).toEqual([1_000]);
  });
});

describe('a watch', () => {
  test('adds, changes and removes', async () => {
    fake.lists = [page(10, [vpc('a', 3)])];
    const { names, cache, changed } = follow();
    const watch = await fake.nextWatch();
    watch.send('ADDED', vpc('b', 11));
    await changed();
    expect(names()).toEqual(['a', 'b']);
    watch.send('MODIFIED', vpc('b', 12, { enableExternal: true }));
    await changed();
    expect(cache.entries.get('/b')?.resource).toMatchObject({ spec: { enableExternal: true } });
    watch.send('DELETED', vpc('a', 13));
    await changed();
    expect(names()).toEqual(['b']);
  });

  test('goes on from the last bookmark when its time is over, without another list', async () => {
    fake.lists = [page(10, [vpc('a', 3)])];
    const { told } = follow();
    const watch = await fake.nextWatch();
    watch.send('BOOKMARK', { metadata: { resourceVersion: '500' } });
    watch.end();
    const { query } = await fake.nextWatch();
    expect(query.get('resourceVersion')).toBe('500');
    expect(told).toEqual(['listed 1', 'BOOKMARK', 'timeout']);
  });

  test('takes an event once, and the later one of two whatever their order', async () => {
    fake.lists = [page(10, [vpc('a', 3)])];
    const { cache, names, changes, changed } = follow();
    const watch = await fake.nextWatch();
    watch.send('MODIFIED', vpc('a', 15, { enableExternal: true }));
    await changed();
    const before = changes.count;
    watch.send('MODIFIED', vpc('a', 15, { enableExternal: true }));
    watch.send('MODIFIED', vpc('a', 12));
    watch.send('DELETED', vpc('a', 14));
    watch.send('ADDED', vpc('b', 16));
    await changed();
    expect(changes.count).toBe(before + 1);
    expect(names()).toEqual(['a', 'b']);
    expect(cache.entries.get('/a')?.version).toBe('15');
  });

  test('brings nothing back that is gone', async () => {
    fake.lists = [page(10, [vpc('a', 3)])];
    const { names, changed } = follow();
    const watch = await fake.nextWatch();
    watch.send('DELETED', vpc('a', 14));
    await changed();
    watch.send('MODIFIED', vpc('a', 13));
    watch.send('ADDED', vpc('b', 15));
    await changed();
    expect(names()).toEqual(['b']);
  });

  test('keeps what is given time to end until it is gone, and lets go of what is not', async () => {
    fake.lists = [page(10, [vpc('a', 3), vpc('b', 4)])];
    const { names, changed } = follow();
    const watch = await fake.nextWatch();
    const ending = (name: string, version: number, deletionGracePeriodSeconds: number) => {
      const object = vpc(name, version);
      const deletionTimestamp = '2026-01-01T00:00:30Z';
      return { ...object, metadata: { ...object.metadata, deletionTimestamp, deletionGracePeriodSeconds } };
    };
    watch.send('MODIFIED', ending('a', 14, 30));
    await changed();
    expect(names()).toEqual(['a', 'b']);
    watch.send('MODIFIED', ending('b', 15, 0));
    await changed();
    expect(names()).toEqual(['a']);
    watch.send('DELETED', ending('a', 16, 30));
    await changed();
    expect(names()).toEqual([]);
  });

  test('that has expired leads to a list, which tells what is gone', async () => {
    fake.lists = [page(10, [vpc('a', 3), vpc('b', 4)]), page(40, [vpc('b', 4)])];
    const { names, changed, told } = follow();
    const watch = await fake.nextWatch();
    watch.send('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' });
    await changed();
    expect(names()).toEqual(['b']);
    expect((await fake.nextWatch()).query.get('resourceVersion')).toBe('40');
    expect(told).toEqual(['listed 2', 'ERROR', 'expired', 'listed 1']);
  });

  test('that is refused as too old at once does so too', async () => {
    fake.lists = [page(10, [vpc('a', 3)]), page(40, [])];
    fake.refusals = [no(410, 'Gone')];
    const { told } = follow();
    expect((await fake.nextWatch()).query.get('resourceVersion')).toBe('40');
    expect(told).toEqual(['listed 1', 'expired', 'listed 0']);
  });

  test('that goes silent is given up, and followed by one from where it was', async () => {
    fake.lists = [page(10, [vpc('a', 3)]), page(11, [])];
    const { told } = follow({ silenceMs: 300 });
    const silent = await fake.nextWatch();
    silent.send('ADDED', vpc('b', 11));
    await silent.closed;
    expect((await fake.nextWatch()).query.get('resourceVersion')).toBe('11');
    expect(told).toEqual(['listed 1', 'ADDED', 'silent']);
    expect(fake.mostWatches).toBe(1);
  });

  test('that breaks in the middle of an event is followed by one from the event before', async () => {
    fake.lists = [page(10, [vpc('a', 3)]), page(11, [])];
    const { names, changed } = follow();
    const watch = await fake.nextWatch();
    watch.send('ADDED', vpc('b', 11));
    await changed();
    watch.raw('{"type":"ADDED","object":{"metadata":{"name":"c","resourceVer');
    watch.cut();
    expect((await fake.nextWatch()).query.get('resourceVersion')).toBe('11');
    expect(names()).toEqual(['a', 'b']);
  });

  test('that talks nonsense is told as a fault, and after some of that everything is listed again', async () => {
    fake.lists = [page(10, [vpc('a', 3)]), page(10, [vpc('a', 3)])];
    const { told, reflector } = follow();
    for (let tries = 0; tries < 5; tries++) {
      const watch = await fake.nextWatch();
      expect(watch.query.get('resourceVersion')).toBe('10');
      watch.raw('<html>\n');
      await watch.closed;
    }
    await fake.nextWatch();
    expect(told.filter((each) => each.startsWith('listed'))).toEqual(['listed 1', 'listed 1']);
    expect(told.filter((each) => each === 'failed')).toHaveLength(5);
    expect(reflector.fault).toBeUndefined();
  });
});

describe('a server set back to an older state is believed', () => {
  const before = page(90, [vpc('a', 80), vpc('b', 85)]);
  const after = page(20, [vpc('a', 15, { enableExternal: true })]);

  test('when it refuses to go on from a version it has yet to reach', async () => {
    fake.lists = [before, after];
    fake.refusals = [no(504, 'Timeout', 'Too large resource version: 90, current: 20')];
    const { names, cache, changed } = follow();
    await changed();
    await changed();
    expect(names()).toEqual(['a']);
    expect(cache.entries.get('/a')?.resource).toMatchObject({ spec: { enableExternal: true } });
    expect((await fake.nextWatch()).query.get('resourceVersion')).toBe('20');
  });

  test('when a watch broke, and what it says now is older', async () => {
    fake.lists = [before, after];
    const { names, told } = follow();
    (await fake.nextWatch()).cut();
    expect((await fake.nextWatch()).query.get('resourceVersion')).toBe('20');
    expect(names()).toEqual(['a']);
    expect(told).toEqual(['listed 2', 'broken', 'failed', 'listed 1']);
  });

  test('when it was away, however far it has come since', async () => {
    fake.lists = [before, page(95, [vpc('a', 15)])];
    const { names, told, cache } = follow();
    const watch = await fake.nextWatch();
    await fake.away(async () => {
      watch.cut();
      await expect.poll(() => told.filter((each) => each === 'failed').length).toBeGreaterThan(2);
    });
    expect((await fake.nextWatch()).query.get('resourceVersion')).toBe('95');
    expect(names()).toEqual(['a']);
    expect(cache.entries.get('/a')?.version).toBe('15');
  });
});
