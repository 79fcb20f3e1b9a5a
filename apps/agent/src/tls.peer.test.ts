import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@berth/ovsdb';
import { type OvsdbServer, startOvsdbServer, startRotation } from '@berth/ovsdb/testing';
import { folderAgentBoard, folderReader } from '@berth/source';
import { expect, test } from 'vitest';
import { FakeHost } from '../../../packages/node/src/testing/fake-host.ts';
import { reportTo } from './report.ts';
import { runAgent } from './run.ts';

/** Sets up a node's database that names its chassis, and SB. */
async function configure({ remote }: OvsdbServer, southbound: string): Promise<void> {
  await using database = await openDatabase({ remotes: [remote], database: 'Open_vSwitch' });
  const external_ids = new Map([
    ['system-id', 'chassis-n1'],
    ['ovn-remote', southbound],
  ]);
  await database.transact([
    { op: 'insert', table: 'Bridge', uuidName: 'bridge', row: { name: 'br-int' } },
    { op: 'insert', table: 'Open_vSwitch', row: { bridges: new Set(['bridge']), external_ids } },
  ]);
}

/** Whether somebody follows tables of a server. */
async function isFollowed(server: OvsdbServer): Promise<boolean> {
  return /\bmonitors:[1-9]/.test(await server.control('memory/show'));
}

async function restart(server: OvsdbServer): Promise<void> {
  await server.kill();
  await server.start();
}

test('certificates renewed while the agent runs are used for the next connection to SB, and the old authority is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'berth-agent-tls-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true }));
  const rotation = await startRotation(folder);
  const [vswitch, sb] = await Promise.all([
    startOvsdbServer({ schema: 'vswitch' }),
    startOvsdbServer({ schema: 'sb', tls: rotation.server }),
  ]);
  stack.use(vswitch);
  stack.use(sb);
  await configure(vswitch, sb.sslRemote);
  const lines: string[] = [];
  const now = (): string => '2026-01-01T00:00:00Z';
  const stop = new AbortController();
  const southbound = { tls: rotation.client };
  const running = runAgent({
    place: {
      reader: folderReader({ folder, now }),
      board: folderAgentBoard({ stateFolder: join(folder, 'state'), node: 'n1' }),
      pods: undefined,
    },
    instance: 'default',
    host: Object.assign(new FakeHost('n1', vswitch.remote, []), { southbound }),
    memoryFile: join(folder, 'memory.json'),
    report: reportTo((line) => lines.push(line)),
    now,
    signal: stop.signal,
  });
  stack.defer(async () => {
    stop.abort();
    await running;
  });
  await expect.poll(() => isFollowed(sb)).toBe(true);

  await rotation.renewClients('new');
  await rotation.renewServers('new');
  await restart(sb);
  await expect.poll(() => isFollowed(sb)).toBe(true);

  lines.length = 0;
  await rotation.renewServers('old');
  await restart(sb);
  const refusals = (): readonly string[] => lines.filter((line) => line.includes('certificate'));
  await expect.poll(refusals).toHaveLength(1);
  expect(refusals()[0]).toContain(sb.sslRemote);
  expect(await isFollowed(sb)).toBe(false);
  await rotation.renewServers('new');
  await restart(sb);
  await expect.poll(() => isFollowed(sb)).toBe(true);
});
