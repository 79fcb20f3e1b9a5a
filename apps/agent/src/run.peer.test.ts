import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Host, openNodeDatabase } from '@berth/node';
import { askAgent } from '@berth/node/cni';
import { openDatabase } from '@berth/ovsdb';
import { type OvsdbServer, startOvsdbServer } from '@berth/ovsdb/testing';
import type { Snapshot } from '@berth/ovsdb/value';
import { folderReader, type Reader, SourceFault } from '@berth/source';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reportTo } from './report.ts';
import { runAgent } from './run.ts';

/** After so long something does not come about any more. */
const longMs = 60_000;

let server: OvsdbServer;
let folder: string;

const links = [
  { ifname: 'eth0', ifindex: 2, mtu: 1500, flags: ['UP'] },
  { ifname: 'eth1', ifindex: 3, mtu: 1500, flags: ['UP'] },
];

/** A machine with two NICs, the first with the default route. */
function host(): Host {
  return {
    node: 'n1',
    ovsRemote: server.remote,
    ovsRundir: '/nonexistent',
    ovnRundir: '/nonexistent',
    async run(argv) {
      const line = argv.join(' ');
      if (line.startsWith('ip -j address')) return JSON.stringify(links);
      return line.startsWith('ip -j -4') ? JSON.stringify([{ dst: 'default', dev: 'eth0' }]) : '';
    },
  };
}

function network(name: string, nic: string): string {
  return `apiVersion: kubeovn.io/v1
kind: ProviderNetwork
metadata: { name: ${name} }
spec: { defaultInterface: ${nic} }
`;
}

/** The agent on the folder, saying what it does into `lines`. */
function start(
  lines: string[],
  signal: AbortSignal,
  onPass?: () => void,
  reader: Reader = folderReader({ folder, now: () => '2026-01-01T00:00:00Z' }),
): Promise<void> {
  return runAgent({
    place: { reader, board: undefined, pods: undefined },
    instance: 'default',
    host: host(),
    memoryFile: join(folder, 'memory.json'),
    report: reportTo((line) => lines.push(line)),
    now: () => '2026-01-01T00:00:00Z',
    signal,
    ...(onPass && { onPass }),
  });
}

function bridges(snapshot: Snapshot): readonly string[] {
  return [...snapshot.table('Bridge')].map((row) => String(row['name'])).sort();
}

beforeEach(async () => {
  server = await startOvsdbServer({ schema: 'vswitch' });
  folder = await mkdtemp(join(tmpdir(), 'agent-'));
  await using db = await openDatabase({ remotes: [server.remote], database: 'Open_vSwitch' });
  await db.transact([{ op: 'insert', table: 'Open_vSwitch', row: {} }]);
});

afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

test('follows the folder until it is stopped, says each thing once, and goes on after the database was away', async () => {
  await writeFile(join(folder, 'a.yaml'), `${network('ext', 'eth1')}---\n${network('mgmt', 'eth0')}`);
  const lines: string[] = [];
  const stop = new AbortController();
  const running = start(lines, stop.signal);
  await using db = await openNodeDatabase(server.remote);
  expect(await db.until((snapshot) => bridges(snapshot).includes('br-ext'), longMs)).toBe(true);
  // What was written may show before the agent has heard that it is, and it says nothing of what it never hears of.
  await expect.poll(() => lines.filter((line) => line.startsWith('insert'))).toHaveLength(5);
  await server.kill();
  await server.start();
  await writeFile(join(folder, 'b.yaml'), network('more', 'eth9'));
  await expect.poll(() => lines.filter((line) => line.includes('nic-missing'))).toHaveLength(1);
  await writeFile(join(folder, 'a.yaml'), network('mgmt', 'eth0'));
  expect(await db.until((snapshot) => bridges(snapshot).length === 0, longMs)).toBe(true);
  stop.abort();
  await running;
  expect(lines.filter((line) => line.includes('nic-refused'))).toHaveLength(1);
  expect(lines.filter((line) => line.startsWith('insert'))).toHaveLength(5);
  expect(lines).toContain('delete   Bridge br-ext for provider-network/ext');
});

test('a file that does not parse takes no bridge away', async () => {
  await writeFile(join(folder, 'a.yaml'), network('ext', 'eth1'));
  const lines: string[] = [];
  let passes = 0;
  const stop = new AbortController();
  const running = start(lines, stop.signal, () => passes++);
  await using db = await openNodeDatabase(server.remote);
  expect(await db.until((snapshot) => bridges(snapshot).includes('br-ext'), longMs)).toBe(true);
  await writeFile(join(folder, 'a.yaml'), 'kind: [');
  await expect.poll(() => lines.some((line) => line.includes('yaml-syntax'))).toBe(true);
  const seen = passes;
  await writeFile(join(folder, 'b.yaml'), '# another look\n');
  await expect.poll(() => passes).toBeGreaterThan(seen);
  expect(bridges(db.snapshot())).toEqual(['br-ext']);
  stop.abort();
  await running;
});

test('an API server that cannot be reached takes no bridge away', async () => {
  await writeFile(join(folder, 'a.yaml'), network('ext', 'eth1'));
  const lines: string[] = [];
  const stop = new AbortController();
  const inner = folderReader({ folder, now: () => '2026-01-01T00:00:00Z' });
  let isAway = false;
  let wake = (): void => undefined;
  const reader: Reader = {
    list: async () => {
      if (isAway) throw new SourceFault('cluster-unreachable', 'the API server is away');
      return inner.list();
    },
    watch(onChange) {
      wake = onChange;
      return { [Symbol.dispose]: () => undefined };
    },
    close: () => inner.close(),
    [Symbol.asyncDispose]: () => inner.close(),
  };
  const running = start(lines, stop.signal, undefined, reader);
  await using db = await openNodeDatabase(server.remote);
  expect(await db.until((snapshot) => bridges(snapshot).includes('br-ext'), longMs)).toBe(true);
  isAway = true;
  await rm(join(folder, 'a.yaml'));
  wake();
  await expect.poll(() => lines.includes('fault    the API server is away')).toBe(true);
  expect(bridges(db.snapshot())).toEqual(['br-ext']);
  stop.abort();
  await running;
});

test('answers berth-cni while it runs, and takes the socket away', async () => {
  const cniSocket = join(folder, 'agent.sock');
  const lines: string[] = [];
  const stop = new AbortController();
  const folderPods = folderReader({ folder, now: () => '2026-01-01T00:00:00Z' });
  const pods = Object.assign(folderPods, { ipNamed: async () => undefined });
  const running = runAgent({
    place: { reader: folderReader({ folder, now: () => '2026-01-01T00:00:00Z' }), board: undefined, pods },
    instance: 'default',
    host: host(),
    memoryFile: join(folder, 'memory.json'),
    cniSocket,
    report: reportTo((line) => lines.push(line)),
    now: () => '2026-01-01T00:00:00Z',
    signal: stop.signal,
  });
  await expect.poll(() => existsSync(cniSocket)).toBe(true);
  expect(await askAgent(cniSocket, { command: 'STATUS' }, longMs)).toMatchObject({ error: { code: 51 } });
  const attachment = { containerId: 'a', ifname: 'eth0' };
  const pod = { namespace: 'default', name: 'web' };
  expect(await askAgent(cniSocket, { command: 'DEL', network: 'berth', attachment, pod }, longMs)).toEqual(
    {},
  );
  stop.abort();
  await running;
  expect(existsSync(cniSocket)).toBe(false);
  expect(lines.filter((line) => line.startsWith('cni'))).toEqual([
    expect.stringMatching(/^cni {6}STATUS failed: .*no integration bridge/),
    'cni      DEL pod/default/web',
  ]);
});

test('ends at once when it is stopped before it reached the database', async () => {
  await writeFile(join(folder, 'a.yaml'), network('ext', 'eth1'));
  await server.kill();
  const stop = new AbortController();
  const lines: string[] = [];
  const running = start(lines, stop.signal);
  await expect.poll(() => lines.length).toBe(1);
  expect(lines[0]).toMatch(/^fault/);
  stop.abort();
  await running;
  expect(lines).toHaveLength(1);
});
