import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mac, parseMac } from '@berth/net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NodeFault } from '../fault.ts';
import type { Match } from '../openflow/match.ts';
import { Releases, type ReleasesView } from './releases.ts';
import type { GatewayPorts } from './southbound.ts';

const macs = Array.from({ length: 500 }, (_, place) => macAt(place));
const ports: GatewayPorts = new Map(macs.map((mac, place) => [`cr-r${place}-ext`, mac]));
const one: GatewayPorts = new Map([...ports].slice(0, 1));
const none: GatewayPorts = new Map();

let rundir = '';
let releases: Releases | undefined;
let end: (() => void) | undefined;
/** What ovn-controller was told, in order. */
const told: string[] = [];
const faults: unknown[] = [];
/** The MAC addresses that the switch admits packets for, and how often it was looked. */
let admitted: Set<Mac>;
let looks = 0;

beforeEach(() => {
  rundir = mkdtempSync(join(tmpdir(), 'br-'));
  told.length = 0;
  faults.length = 0;
  looks = 0;
});
afterEach(() => {
  releases?.[Symbol.dispose]();
  end?.();
  end = undefined;
  rmSync(rundir, { recursive: true, force: true });
});

function macAt(place: number): Mac {
  const text = `0a:00:00:00:${[place >> 8, place & 0xff].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`;
  return parseMac(text) ?? expect.fail(text);
}

/** An ovn-controller; `answer` says what it does with a command: undefined for one that says nothing. */
async function startController(answer: (method: string) => string | undefined): Promise<void> {
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket
      .on('error', () => undefined)
      .on('data', (data) => {
        const { method } = JSON.parse(String(data));
        const result = answer(method);
        if (method !== 'connection-status') told.push(method);
        if (result !== undefined) socket.write(JSON.stringify({ id: 0, result, error: null }));
      });
  });
  server.listen(join(rundir, 'ovn-controller.7.ctl'));
  await once(server, 'listening');
  writeFileSync(join(rundir, 'ovn-controller.pid'), '7\n');
  end = () => {
    server.close();
    for (const each of connections) each.destroy();
  };
}

/** The usual one: working everything out anew leaves nothing of what is elsewhere. */
const obedient = (method: string): string => {
  if (method === 'inc-engine/recompute') admitted.clear();
  return method === 'connection-status' ? 'connected' : '';
};

function begin(held: GatewayPorts = none): Releases {
  releases = new Releases({ rundir, held, settleMs: 10, onFault: (fault) => faults.push(fault) });
  return releases;
}

function seen(gateways: GatewayPorts | undefined, parts: Partial<ReleasesView> = {}): ReleasesView {
  const flowCount = async (table = 0, { ethDst }: Match = {}): Promise<number> => {
    looks += 1;
    return table === 8 && ethDst !== undefined && admitted.has(ethDst) ? 1 : 0;
  };
  return { gateways, isFollowed: true, flows: { flowCount }, ...parts };
}

/** Long enough for several looks. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 150));

test('ports that left together and are kept are asked for once', async () => {
  admitted = new Set(macs);
  await startController(obedient);
  const each = begin();
  each.follow(seen(ports));
  await aWhile();
  expect(looks).toBe(0);
  each.follow(seen(none));
  expect(each.held.size).toBe(500);
  await expect.poll(() => each.held.size).toBe(0);
  expect(told).toEqual(['inc-engine/recompute']);
  expect(faults).toHaveLength(1);
  expect(String(faults[0])).toContain(
    'kept the flows of cr-r0-ext, cr-r1-ext, cr-r2-ext, 497 more though SB no longer gives that to this node',
  );
});

test('a port that is let go of is asked for by nobody', async () => {
  admitted = new Set();
  await startController(obedient);
  const each = begin(one);
  each.follow(seen(none));
  await expect.poll(() => each.held.size).toBe(0);
  await aWhile();
  expect([looks, told, faults]).toEqual([1, [], []]);
});

test('what the agent before this one knew here has left if SB gives it elsewhere, and not while SB says nothing', async () => {
  admitted = new Set(macs);
  await startController(obedient);
  const each = begin(one);
  each.follow(seen(undefined));
  await aWhile();
  expect(told).toEqual([]);
  expect([...each.held.keys()]).toEqual(['cr-r0-ext']);
  each.follow(seen(none));
  await expect.poll(() => told).toEqual(['inc-engine/recompute']);
});

test('a port that came back is not asked for', async () => {
  admitted = new Set(macs);
  await startController(obedient);
  const each = begin(one);
  each.follow(seen(none));
  each.follow(seen(one));
  await aWhile();
  expect([told, faults]).toEqual([[], []]);
});

test('an ovn-controller that does not follow SB is asked once it does', async () => {
  admitted = new Set(macs);
  await startController(obedient);
  const each = begin(one);
  each.follow(seen(none, { isFollowed: false }));
  await aWhile();
  expect([looks, told]).toEqual([0, []]);
  each.follow(seen(none));
  each.follow(seen(none, { isFollowed: false }));
  await aWhile();
  expect([looks, told]).toEqual([0, []]);
  each.follow(seen(none));
  await expect.poll(() => told).toEqual(['inc-engine/recompute']);
});

test('one that has just lost SB is not asked, nor is the switch looked at', async () => {
  admitted = new Set(macs);
  let status = 'not connected';
  await startController((method) => (method === 'connection-status' ? status : obedient(method)));
  begin(one).follow(seen(none));
  await aWhile();
  expect([looks, told]).toEqual([0, []]);
  status = 'connected';
  await expect.poll(() => told).toEqual(['inc-engine/recompute']);
});

test('where that is of no use it is said, and nothing is asked again', async () => {
  admitted = new Set(macs);
  await startController((method) => (method === 'connection-status' ? 'connected' : ''));
  const each = begin(one);
  each.follow(seen(none));
  await expect.poll(() => faults.length).toBe(2);
  await aWhile();
  expect(told).toEqual(['inc-engine/recompute']);
  expect(String(faults[1])).toContain('still admits packets for cr-r0-ext');
  expect(faults.map((fault) => fault instanceof NodeFault && fault.code)).toEqual([
    'gateway-kept',
    'gateway-kept',
  ]);
  expect(each.held.size).toBe(0);
});

test('while the switch cannot be asked nothing is taken for granted', async () => {
  admitted = new Set(macs);
  await startController(obedient);
  const each = begin(one);
  each.follow(seen(none, { flows: undefined }));
  await aWhile();
  expect([told, each.held.size]).toEqual([[], 1]);
  each.follow(seen(none));
  await expect.poll(() => told).toEqual(['inc-engine/recompute']);
});
