import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Database,
  type OpenOptions,
  type OvsdbFaultCode,
  openDatabase,
  type RowEvent,
} from '../index.ts';
import { type OvsdbCluster, type OvsdbServer, startOvsdbCluster } from '../testing/index.ts';

const database = 'OVN_Northbound';
const reconnect = { minDelayMs: 10, maxDelayMs: 200 };
let cluster: OvsdbCluster;

beforeAll(async () => {
  cluster = await startOvsdbCluster({ schema: 'nb' });
});
afterAll(() => cluster.stop());

const router = (name: string) => ({ op: 'insert', table: 'Logical_Router', row: { name } }) as const;
const remotes = (servers: readonly OvsdbServer[] = cluster.members) => servers.map(({ remote }) => remote);
const open = (options: Partial<OpenOptions> = {}) =>
  openDatabase({ remotes: remotes(), database, reconnect, ...options });

/** Asks each member until one says that it leads. */
async function leader(): Promise<OvsdbServer> {
  for (;;) {
    for (const member of cluster.members) {
      const state = await member.control('cluster/status', database).catch(() => '');
      if (state.includes('Role: leader')) return member;
    }
  }
}

async function followers(): Promise<readonly OvsdbServer[]> {
  const leading = await leader();
  return cluster.members.filter((member) => member !== leading);
}

/** The faults that a database goes through until it has one of this code. */
function faultOf(db: Database, code: OvsdbFaultCode): Promise<OvsdbFaultCode> {
  return new Promise((resolve) => {
    const stop = db.onStatus((status) => {
      if (status.kind !== 'disconnected' || status.fault.code !== code) return;
      stop();
      resolve(status.fault.code);
    });
  });
}

test('the leader is found among the members, in whatever order they are named', async () => {
  const leading = await leader();
  for (const order of [remotes(), remotes().reverse()]) {
    await using db = await open({ remotes: order });
    expect(db.status).toEqual({ kind: 'connected', remote: leading.remote });
  }
});

test('members that follow are refused, unless a follower will do', async () => {
  const [follower] = await followers();
  if (follower === undefined) throw new Error('no follower');
  await expect(
    open({ remotes: ['unix:/nonexistent', follower.remote, 'unix:/nonexistent'] }),
  ).rejects.toMatchObject({
    code: 'not-leader',
    retry: 'backoff',
  });
  await using db = await open({ remotes: [follower.remote], leaderOnly: false });
  const replica = await db.monitor({ tables: { Logical_Router: ['name'] } });
  await db.transact([router('by way of a follower')]);
  expect([...replica.snapshot().table('Logical_Router')].map((row) => row['name'])).toEqual([
    'by way of a follower',
  ]);
});

test('a leader that hands over is left for the new one, and nothing is read again', async () => {
  await using db = await open();
  const replica = await db.monitor({ tables: 'all' });
  const told: (readonly RowEvent[])[] = [];
  replica.subscribe(({ events }) => told.push(events));
  const before = db.status;
  const left = faultOf(db, 'not-leader');
  await (await leader()).control('cluster/failure-test', 'transfer-leadership');
  await left;
  await db.connected();
  expect(db.status).not.toEqual(before);
  await db.transact([router('after the hand-over')]);
  expect(told.map((events) => events.map(({ kind }) => kind))).toEqual([['insert']]);
});

test('a killed leader is replaced; what was missed is told once, and the rest is not read again', async () => {
  const leading = await leader();
  await using db = await open();
  const replica = await db.monitor({ tables: { Logical_Router: ['name'] } });
  const size = replica.snapshot().table('Logical_Router').size;
  const told: (readonly RowEvent[])[] = [];
  replica.subscribe(({ events }) => told.push(events));
  const gone = faultOf(db, 'disconnected');
  await leading.kill();
  await gone;
  expect(replica.snapshot().table('Logical_Router').size).toBe(size);
  await db.connected();
  expect(db.status).not.toEqual({ kind: 'connected', remote: leading.remote });
  await db.transact([router('after the kill')]);
  expect(told.map((events) => events.map(({ kind }) => kind))).toEqual([['insert']]);
  await leading.start();
});

test('a member that is behind what was seen is refused until it has caught up', async () => {
  const [follower] = await followers();
  if (follower === undefined) throw new Error('no follower');
  const leading = await leader();
  await using db = await open({ remotes: remotes([leading, follower]), leaderOnly: false });
  await follower.control('cluster/failure-test', 'stop-raft-rpc');
  const replica = await db.monitor({ tables: { Logical_Router: ['name'] } });
  await db.transact([router('news')]);
  const sizes: number[] = [];
  replica.subscribe(({ snapshot }) => sizes.push(snapshot.table('Logical_Router').size));
  const refused = faultOf(db, 'stale-server');
  await leading.kill();
  expect(await refused).toBe('stale-server');
  expect(sizes).toEqual([]);
  await follower.kill();
  await Promise.all([leading.start(), follower.start()]);
  await db.connected();
  expect(sizes).toEqual([]);
});

test('a member cut off from the others is refused', async () => {
  const [cutOff, other] = await followers();
  if (cutOff === undefined || other === undefined) throw new Error('no followers');
  await using db = await open({ remotes: [cutOff.remote], leaderOnly: false });
  const lost = faultOf(db, 'cluster-cut-off');
  await Promise.all([other.kill(), (await leader()).kill()]);
  await lost;
  await expect(open({ remotes: [cutOff.remote], leaderOnly: false })).rejects.toMatchObject({
    code: 'cluster-cut-off',
  });
  await Promise.all(cluster.members.filter((member) => member !== cutOff).map((member) => member.start()));
  await db.connected();
});
