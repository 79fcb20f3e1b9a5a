import type { NodeOrder, NodeReport } from '@berth/api';
import { emptyFabric, type Fabric, type LingerMark } from '@berth/core';
import { type Ip, parseIp } from '@berth/net';
import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { snapshotOf, type Uuid } from '@berth/ovsdb/value';
import type { NodeBoard } from '@berth/source';
import { beforeEach, expect, test } from 'vitest';
import { NodeWatch } from './node-watch.ts';

let nowMs: number;
let reports: NodeReport[];
let watch: NodeWatch;

const board: NodeBoard = {
  reports: async () => reports,
  order: async (_orders: readonly NodeOrder[]) => undefined,
  findings: () => [],
  watch: () => ({ [Symbol.dispose]: () => undefined }),
  [Symbol.asyncDispose]: async () => undefined,
};

/** A report of a node whose chassis has its name and that sees these others. */
function report(name: string, sequence: number, tunnels: Readonly<Record<string, boolean>> = {}): NodeReport {
  return {
    apiVersion: 'gateway.berth.dev/v1alpha1',
    kind: 'NodeReport',
    metadata: { name, generation: 1, labels: {}, annotations: {}, finalizers: [], ownerReferences: [] },
    status: {
      agent: 'one',
      sequence,
      time: '2026-01-01T00:00:00Z',
      chassis: name,
      tunnels: Object.entries(tunnels).map(([chassis, up]) => ({ chassis, up })),
    },
  };
}

type Ovn = {
  readonly asked?: number;
  readonly passedOn?: number;
  readonly reached?: Readonly<Record<string, number>>;
  readonly claims?: Readonly<Record<string, string>>;
  /** Chassis that made themselves a row anew. */
  readonly anew?: readonly string[];
  /** Addresses that were taken from `a`. */
  readonly taken?: readonly string[];
};

function observe({
  asked = 0,
  passedOn = asked,
  reached = { a: 0, b: 0 },
  claims = {},
  anew = [],
  taken = [],
}: Ovn = {}) {
  const names = Object.keys(reached);
  const lingers = taken.map((text): LingerMark => {
    const mark = { switchName: 'out', chassis: 'a', mac: undefined, object: undefined };
    return { ...mark, ip: parseIp(text) as Ip, change: { number: 1, isAfter: false } };
  });
  const chassis = new Map(names.map((name) => [name, { name, hostname: name, mappings: new Set<string>() }]));
  const fabric: Fabric = { ...emptyFabric, chassis, claims: new Map(Object.entries(claims)), lingers };
  const nb = snapshotOf<NbTables>(nbSchema, { NB_Global: [{ nb_cfg: asked }] });
  const sb = snapshotOf<SbTables>(sbSchema, {
    SB_Global: [{ nb_cfg: passedOn }],
    Chassis: names.map((name) => ({
      ...{ name, hostname: name },
      _uuid: `00000000-0000-4000-8000-00000000000${anew.includes(name) ? 'f' : name}` as Uuid,
    })),
    Chassis_Private: names.map((name) => ({ name, nb_cfg: reached[name] ?? 0 })),
  });
  const { fabric: known, deadRows, mustAsk } = watch.observe(fabric, nb, sb);
  return {
    fresh: [...known.health.values()].filter(({ isFresh }) => isFresh).map(({ node }) => node),
    dead: [...known.deadChassis],
    returned: [...known.returned],
    freshLingers: [...known.freshLingers],
    rows: deadRows.map(({ name }) => name),
    hung: [...known.health.values()].flatMap(({ node, controllerHangs }) => (controllerHangs ? [node] : [])),
    mustAsk,
  };
}

beforeEach(() => {
  nowMs = 1_000_000;
  reports = [];
  watch = new NodeWatch(board, () => nowMs, {
    silentMs: 3_000,
    holdMs: 3_000,
    lagMs: 1_000,
    checkMs: 3_000,
    stillMs: 3_000,
  });
});

/** Both were heard of; then `b` goes silent while `a` goes on, and sees it or not. */
async function silence(seen: boolean | undefined): Promise<void> {
  const tunnels = seen === undefined ? {} : { b: seen };
  reports = [report('a', 1, tunnels), report('b', 1)];
  await watch.read();
  nowMs += 3_000;
  reports = [report('a', 2, tunnels), report('b', 1)];
  await watch.read();
}

/** A report of a node whose ovn-controller has ended, and whose flows are there. */
function standing(name: string, sequence: number): NodeReport {
  const { status, ...rest } = report(name, sequence);
  return {
    ...rest,
    status: { ...status, ovnController: { running: false, connected: false, flowsInstalled: true } },
  };
}

test('an address that lives on at a chassis is told of once it has for long enough, and that is due by itself', async () => {
  reports = [standing('a', 1)];
  await watch.read();
  expect(observe({ taken: ['10.0.0.1'] }).freshLingers).toEqual([]);
  nowMs += 1_000;
  expect(observe({ taken: ['10.0.0.1', '10.0.0.2'] }).freshLingers).toEqual(['10.0.0.2 out a']);
  nowMs += 2_000;
  reports = [standing('a', 2)];
  await watch.read();
  expect(observe({ taken: ['10.0.0.1', '10.0.0.2'] }).freshLingers).toEqual(['10.0.0.2 out a']);
  expect(watch.isDue()).toBe(false);
  nowMs += 1_000;
  expect(watch.isDue()).toBe(true);
  expect(observe({ taken: ['10.0.0.1', '10.0.0.2'] }).freshLingers).toEqual([]);
  expect(watch.isDue()).toBe(false);
});

test('a heartbeat alone is no news, what a report says is', async () => {
  reports = [report('a', 1)];
  expect(await watch.read()).toBe(true);
  reports = [report('a', 2)];
  expect(await watch.read()).toBe(false);
  reports = [report('a', 3, { b: false })];
  expect(await watch.read()).toBe(true);
});

test('an agent that says nothing for long is silent, and that is due by itself', async () => {
  reports = [report('a', 1)];
  await watch.read();
  expect(observe().fresh).toEqual(['a']);
  nowMs += 2_999;
  expect(watch.isDue()).toBe(false);
  nowMs += 1;
  expect(watch.isDue()).toBe(true);
  expect(observe().fresh).toEqual([]);
  expect(watch.isDue()).toBe(false);
});

test('silent, unseen, asked and not answering: dead, once', async () => {
  await silence(false);
  expect(observe({ reached: { a: 0, b: 0 } })).toMatchObject({ mustAsk: true, dead: [] });
  expect(observe({ asked: 1, passedOn: 0 })).toMatchObject({ mustAsk: false, dead: [] });
  const lagging = { asked: 1, reached: { a: 1, b: 0 } };
  expect(observe(lagging)).toMatchObject({ mustAsk: false, dead: [] });
  nowMs += 1_000;
  expect(watch.isDue()).toBe(true);
  expect(observe(lagging)).toMatchObject({ dead: ['b'], rows: ['b'] });
  expect(observe({ asked: 1, reached: { a: 1 } })).toMatchObject({ dead: ['b'], rows: [], mustAsk: false });
});

test.each<[string, boolean | undefined, Ovn]>([
  ['a tunnel sees it', true, { asked: 1, reached: { a: 1, b: 0 } }],
  ['no tunnel watches it', undefined, { asked: 1, reached: { a: 1, b: 0 } }],
  ['it carries out what it is asked', false, { asked: 1, reached: { a: 1, b: 1 } }],
  ['northd passes nothing on', false, { asked: 5, passedOn: 0, reached: { a: 0, b: 0 } }],
  ['nobody else carries it out', false, { asked: 1, reached: { a: 0, b: 0 } }],
])('not dead: %s', async (_, seen, ovn) => {
  await silence(seen);
  observe(ovn);
  nowMs += 2_000;
  reports = [report('a', 3, seen === undefined ? {} : { b: seen }), report('b', 1)];
  await watch.read();
  expect(observe(ovn)).toMatchObject({ dead: [], rows: [] });
});

test('a node that was never heard of is not dead, whatever tunnels say', async () => {
  reports = [report('a', 1, { b: false })];
  await watch.read();
  const lagging = { asked: 1, reached: { a: 1, b: 0 } };
  observe(lagging);
  nowMs += 2_000;
  expect(observe(lagging).dead).toEqual([]);
});

test('the dead live again when they are heard of', async () => {
  await silence(false);
  const lagging = { asked: 1, reached: { a: 1, b: 0 } };
  observe(lagging);
  nowMs += 1_000;
  expect(observe(lagging).dead).toEqual(['b']);
  reports = [report('a', 4, { b: true }), report('b', 2)];
  await watch.read();
  expect(observe({ asked: 1, reached: { a: 1, b: 1 } }).dead).toEqual([]);
});

test('one that is back from the dead is not silent for a report that is late, until it has settled', async () => {
  await silence(false);
  const lagging = { asked: 1, reached: { a: 1, b: 0 } };
  observe(lagging);
  nowMs += 1_000;
  expect(observe(lagging).dead).toEqual(['b']);
  const all = { asked: 1, reached: { a: 1, b: 1 } };
  const beat = async (sequence: number) => {
    reports = [report('a', sequence, { b: false }), report('b', sequence)];
    await watch.read();
    return observe(all).fresh;
  };
  expect(await beat(4)).toEqual(['a', 'b']);
  nowMs += 3_999;
  reports = [report('a', 5, { b: false }), report('b', 4)];
  await watch.read();
  expect(watch.isDue()).toBe(false);
  expect(observe(all).fresh).toEqual(['a', 'b']);
  nowMs += 1;
  expect(watch.isDue()).toBe(true);
  expect(observe(all).fresh).toEqual(['a']);
  expect(await beat(6)).toEqual(['a', 'b']);
  nowMs += 2_000;
  expect(await beat(7)).toEqual(['a', 'b']);
  nowMs += 3_000;
  expect(observe(all).fresh).toEqual([]);
});

test('one that made itself a new row is on its way back until it is heard of', async () => {
  await silence(false);
  const lagging = { asked: 1, reached: { a: 1, b: 0 } };
  observe(lagging);
  nowMs += 1_000;
  expect(observe(lagging)).toMatchObject({ dead: ['b'], returned: [] });
  expect(observe({ asked: 1, reached: { a: 1 } })).toMatchObject({ dead: ['b'], returned: [] });
  const back = { asked: 1, reached: { a: 1, b: 1 }, anew: ['b'] };
  expect(observe(back)).toMatchObject({ dead: [], returned: ['b'] });
  expect(observe(back)).toMatchObject({ dead: [], returned: ['b'] });
  reports = [report('a', 4, { b: false }), report('b', 2)];
  await watch.read();
  expect(observe(back)).toMatchObject({ dead: [], returned: [] });
});

/** A report of an agent whose ovn-controller has its flows, or does not run. */
function running(name: string, sequence: number, runs: boolean): NodeReport {
  const { status, ...rest } = report(name, sequence);
  const ovnController = { running: runs, connected: runs, flowsInstalled: runs };
  return { ...rest, status: { ...status, ovnController } };
}

test('who leads next knows at once of the dead whose rows are gone, until they are heard of', async () => {
  reports = [running('a', 7, true), running('b', 3, true)];
  await watch.read();
  expect(observe({ reached: { a: 0 } })).toMatchObject({ dead: ['b'], returned: [], rows: [] });
  nowMs += 500;
  expect(observe({ reached: { a: 0 } })).toMatchObject({ dead: ['b'] });
  nowMs += 3_000;
  reports = [running('a', 8, true), running('b', 3, true)];
  await watch.read();
  expect(observe({ reached: { a: 0 } })).toMatchObject({ dead: ['b'] });
  expect(observe({ reached: { a: 0, b: 0 } })).toMatchObject({ dead: [], returned: ['b'] });
  reports = [running('a', 9, true), running('b', 4, true)];
  await watch.read();
  expect(observe({ reached: { a: 0, b: 0 } })).toMatchObject({ dead: [], returned: [] });
});

test('a chassis without a row is dead once its agent is silent and another is heard, not because ovn-controller stopped', async () => {
  const without = (): readonly string[] => observe({ reached: { a: 0 } }).dead;
  reports = [running('a', 1, true), running('b', 1, false)];
  await watch.read();
  expect(without()).toEqual([]);
  reports = [running('a', 1, true), running('b', 2, true)];
  await watch.read();
  expect(without()).toEqual([]);
  nowMs += 3_000;
  expect(without()).toEqual([]);
  reports = [running('a', 2, true), running('b', 2, true)];
  await watch.read();
  expect(without()).toEqual([]);
  expect(watch.isDue()).toBe(false);
  nowMs += 1_000;
  expect(watch.isDue()).toBe(true);
  expect(without()).toEqual(['b']);
  expect(watch.isDue()).toBe(false);
});

test('one that is back from the dead and without a row yet is not dead again for a report that is late', async () => {
  const without = (): readonly string[] => observe({ reached: { a: 0 } }).dead;
  reports = [running('a', 1, true), running('b', 1, true)];
  await watch.read();
  expect(without()).toEqual(['b']);
  reports = [running('a', 2, true), running('b', 2, true)];
  await watch.read();
  expect(without()).toEqual([]);
  nowMs += 3_200;
  reports = [running('a', 3, true), running('b', 2, true)];
  await watch.read();
  expect(without()).toEqual([]);
  nowMs += 200;
  reports = [running('a', 4, true), running('b', 3, true)];
  await watch.read();
  expect(without()).toEqual([]);
  nowMs += 2_900;
  expect(watch.isDue()).toBe(false);
});

test('an agent that promised its next report for later is silent only after as much more time', async () => {
  const slow = (sequence: number): NodeReport => {
    const { status, ...rest } = report('a', sequence);
    return { ...rest, status: { ...status, heartbeatMs: 10_000 } };
  };
  reports = [slow(1), report('b', 1)];
  await watch.read();
  nowMs += 29_999;
  expect(observe().fresh).toEqual(['a']);
  nowMs += 1;
  expect(observe().fresh).toEqual([]);
});

/** A report of an agent whose ovn-controller runs, and is connected or not. */
function hanging(name: string, sequence: number, connected: boolean): NodeReport {
  const { status, ...rest } = running(name, sequence, true);
  return {
    ...rest,
    status: { ...status, ovnController: { running: true, connected, flowsInstalled: true } },
  };
}

test('an ovn-controller that hangs does so still when its agent is late, until something tells otherwise', async () => {
  const at = async (ms: number, of: readonly NodeReport[], ovn: Ovn = {}) => {
    nowMs = ms;
    reports = [...of];
    await watch.read();
    const { hung, freshLingers, mustAsk } = observe({ taken: ['10.0.0.1'], ...ovn });
    return { hung, freshLingers, mustAsk };
  };
  const counts = { hung: ['a'], freshLingers: [], mustAsk: false };
  let beat = 1;
  const other = () => running('b', ++beat, true);
  await at(0, [hanging('a', 1, false), other()]);
  await at(2_000, [hanging('a', 2, false), other()]);
  await at(4_000, [hanging('a', 3, false), other()]);
  expect(await at(6_900, [hanging('a', 4, false), other()])).toMatchObject({ hung: ['a'] });
  expect(await at(7_000, [hanging('a', 4, false), other()])).toEqual(counts);
  // Late, with rows that do not tell: they are asked, and nothing else is new.
  expect(await at(10_000, [hanging('a', 4, false), other()])).toEqual({ ...counts, mustAsk: true });
  const behind = { asked: 1, reached: { a: 0, b: 1 } };
  expect(await at(11_000, [hanging('a', 4, false), other()], behind)).toEqual(counts);
  expect(await at(12_000, [hanging('a', 5, false), other()], behind)).toEqual(counts);
  expect(await at(15_500, [hanging('a', 5, false), other()], behind)).toEqual(counts);
  // It goes on, and its agent is late with that.
  const goesOn = { asked: 1, reached: { a: 1, b: 1 } };
  expect((await at(15_600, [hanging('a', 5, false), other()], goesOn)).hung).toEqual([]);
  expect((await at(15_700, [hanging('a', 6, true), other()], goesOn)).hung).toEqual([]);
});

test('an ovn-controller that is not connected hangs once that has lasted, though NB changes nothing', async () => {
  const tell = async (sequence: number, connected: boolean): Promise<readonly string[]> => {
    reports = [running('a', sequence, true), hanging('b', sequence, connected)];
    await watch.read();
    return observe({ reached: { a: 0, b: 0 } }).hung;
  };
  expect(await tell(1, false)).toEqual([]);
  nowMs += 2_000;
  expect(await tell(2, true)).toEqual([]);
  expect(await tell(3, false)).toEqual([]);
  nowMs += 2_000;
  expect(await tell(4, false)).toEqual([]);
  nowMs += 1_000;
  reports = [running('a', 5, true), hanging('b', 5, false)];
  await watch.read();
  expect(watch.isDue()).toBe(true);
  expect(observe({ reached: { a: 0, b: 0 } })).toMatchObject({ hung: ['b'], mustAsk: false });
  expect(watch.isDue()).toBe(false);
  expect(await tell(6, true)).toEqual([]);
});
