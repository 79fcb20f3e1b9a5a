import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../index.ts';
import { type OvsdbServer, startOvsdbServer } from '../testing/index.ts';

const database = 'OVN_Northbound';
let server: OvsdbServer;

beforeEach(async () => {
  server = await startOvsdbServer({ schema: 'nb' });
});
afterEach(() => server.stop());

/** Lets the server do nothing for so long that any probe has run out: sent after one silence, lost after another. */
async function freeze(probeMs: number): Promise<void> {
  process.kill(server.pid(), 'SIGSTOP');
  await sleep(3 * probeMs);
  process.kill(server.pid(), 'SIGCONT');
}

test('a server that is silent while it gathers contents is waited for', async () => {
  const probeMs = 1_500;
  await using db = await openDatabase({ remotes: [server.remote], database, inactivityProbeMs: probeMs });
  const statuses: string[] = [];
  db.onStatus(({ kind }) => statuses.push(kind));
  process.kill(server.pid(), 'SIGSTOP');
  const loading = db.monitor({ tables: 'all' });
  await freeze(probeMs);
  expect((await loading).snapshot().table('NAT').size).toBe(0);
  expect(statuses).toEqual([]);
});

test('one that stays silent for longer than contents may take is left', async () => {
  const options = { inactivityProbeMs: 1_500, loadTimeoutMs: 2_000 };
  await using db = await openDatabase({ remotes: [server.remote], database, ...options });
  process.kill(server.pid(), 'SIGSTOP');
  await expect(db.monitor({ tables: 'all' })).rejects.toMatchObject({
    code: 'disconnected',
    message: expect.stringContaining('nothing of the contents has come for 2000 ms'),
  });
  process.kill(server.pid(), 'SIGCONT');
  await db.connected();
});
