import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Database, type OpenOptions, openDatabase, type RowEvent } from '../index.ts';
import { type OvsdbServer, startOvsdbServer, startProxy } from '../testing/index.ts';
import type { ConnectionStatus } from './connection.ts';

const database = 'OVN_Northbound';
const reconnect = { minDelayMs: 10, maxDelayMs: 50 };

function until(db: Database, kind: ConnectionStatus['kind']): Promise<ConnectionStatus> {
  return new Promise((resolve) => {
    const look = (status: ConnectionStatus) => {
      if (status.kind !== kind) return;
      stop();
      resolve(status);
    };
    const stop = db.onStatus(look);
    look(db.status);
  });
}

const router = (name: string) => ({ op: 'insert', table: 'Logical_Router', row: { name } }) as const;

describe.each([{ clustered: false }, { clustered: true }])(
  'a server that comes back (clustered: $clustered)',
  ({ clustered }) => {
    let server: OvsdbServer;
    let db: Database;
    let other: Database;
    const open = (options: Partial<OpenOptions> = {}) =>
      openDatabase({ remotes: [server.remote], database, reconnect, ...options });

    beforeEach(async () => {
      server = await startOvsdbServer({ schema: 'nb', clustered });
      db = await open();
    });
    afterEach(async () => {
      await db.close();
      await server.stop();
    });

    test('a restart without changes is not seen in the replica', async () => {
      await db.transact([router('a'), router('b')]);
      const replica = await db.monitor({ tables: 'all' });
      const rows = [...replica.snapshot().table('Logical_Router')];
      const sizes: number[] = [];
      replica.subscribe(({ snapshot }) => sizes.push(snapshot.table('Logical_Router').size));
      const gone = until(db, 'disconnected');
      await server.kill();
      expect(await gone).toMatchObject({ fault: { code: 'disconnected', retry: 'backoff' } });
      expect(replica.snapshot().table('Logical_Router').size).toBe(2);
      await server.start();
      await db.connected();
      expect(sizes).toEqual([]);
      expect([...replica.snapshot().table('Logical_Router')]).toEqual(rows);
      await db.transact([router('c')]);
      expect(sizes).toEqual([3]);
    });

    test('after a cut only what really changed is told, once, and no replica is seen empty', async () => {
      await db.transact([router('kept'), router('changed'), router('deleted')]);
      const replicas = await Promise.all([db.monitor({ tables: 'all' }), db.monitor({ tables: 'all' })]);
      const changes = replicas.map((replica) => {
        const list: (readonly RowEvent[])[] = [];
        replica.subscribe(({ events, snapshot }) => {
          expect(snapshot.table('Logical_Router').size).toBe(3);
          list.push(events);
        });
        return list;
      });
      const proxy = await startProxy(server.remote, join(server.directory, 'proxy'));
      const cut = await open({ remotes: [proxy.remote] });
      const behind = await cut.monitor({ tables: { Logical_Router: ['name'] } });
      const told: (readonly RowEvent[])[] = [];
      behind.subscribe(({ events }) => told.push(events));
      const gone = until(cut, 'disconnected');
      await proxy.refuse();
      await gone;
      await db.transact([
        {
          op: 'update',
          table: 'Logical_Router',
          where: [['name', '==', 'changed']],
          row: { name: 'different' },
        },
        { op: 'delete', table: 'Logical_Router', where: [['name', '==', 'deleted']] },
        router('new'),
      ]);
      expect(changes.map((list) => list.length)).toEqual([1, 1]);
      expect(behind.snapshot().table('Logical_Router').size).toBe(3);
      await proxy.accept();
      await cut.connected();
      const names = told.map((events) =>
        events.map(({ kind, before, after }) => [kind, before?.['name'], after?.['name']].join(' ')).sort(),
      );
      expect(names).toEqual([['delete deleted ', 'insert  new', 'modify changed different']]);
      await cut.close();
      await proxy.stop();
    });

    test('requests fail at once while it is away, and those on their way as of unknown outcome', async () => {
      const waiting = expect(
        db.transact([
          { op: 'wait', table: 'Logical_Router', where: [], columns: ['name'], until: '!=', rows: [] },
        ]),
      ).rejects.toMatchObject({ code: 'disconnected', retry: 'backoff', outcome: 'unknown' });
      await db.transact([{ op: 'comment', comment: 'the wait is with the server' }]);
      await server.kill();
      await waiting;
      const unsent = { code: 'disconnected', retry: 'backoff', outcome: 'not-sent' };
      await expect(db.transact([router('a')])).rejects.toMatchObject(unsent);
      await expect(db.monitor({ tables: 'all' })).rejects.toMatchObject(unsent);
      await expect(db.connected(AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
      await server.start();
      await db.connected();
      await db.transact([router('a')]);
    });

    test('a frozen server is found out by the probe and taken up again when it thaws', async () => {
      other = await open({ inactivityProbeMs: 1_500 });
      const replica = await other.monitor({ tables: { Logical_Router: ['name'] } });
      const gone = until(other, 'disconnected');
      process.kill(server.pid(), 'SIGSTOP');
      expect(await gone).toMatchObject({
        fault: { code: 'disconnected', message: expect.stringContaining('has not answered an echo') },
      });
      process.kill(server.pid(), 'SIGCONT');
      await other.connected();
      await other.transact([router('a')]);
      expect(replica.snapshot().table('Logical_Router').size).toBe(1);
      await other.close();
    });

    test('closing ends it for good', async () => {
      const replica = await db.monitor({ tables: 'all' });
      const waiting = expect(
        db.transact([
          { op: 'wait', table: 'Logical_Router', where: [], columns: ['name'], until: '!=', rows: [] },
        ]),
      ).rejects.toMatchObject({ code: 'closed', outcome: 'unknown' });
      await db.close();
      await waiting;
      await expect(db.transact([router('a')])).rejects.toMatchObject({ code: 'closed' });
      await expect(db.connected()).rejects.toMatchObject({ code: 'closed' });
      expect(db.status).toEqual({ kind: 'closed' });
      expect(replica.snapshot().table('Logical_Router').size).toBe(0);
      await replica.close();
    });
  },
);
