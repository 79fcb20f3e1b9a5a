import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Database, type Operation, openDatabase, type RowEvent } from '../index.ts';
import { type OvsdbServer, startOvsdbServer, startProxy } from '../testing/index.ts';

const database = 'OVN_Northbound';
const reconnect = { minDelayMs: 10, maxDelayMs: 50 };
const rows = 5_000;
/** The server keeps the changes of at most this many transactions. */
const history = 99;
const setName = (place: number): string => `set${place}`;

const insert = (place: number): Operation => ({
  op: 'insert',
  table: 'Address_Set',
  row: { name: setName(place), addresses: new Set([`10.${place >> 8}.${place & 255}.1`]) },
});

/** One transaction changes one row, each another one; every third deletes, every third inserts. */
function change(missed: number): Operation {
  const where = [['name', '==', setName(missed)]] as const;
  if (missed % 3 === 0) return { op: 'delete', table: 'Address_Set', where };
  if (missed % 3 === 1) return insert(rows + missed);
  return { op: 'update', table: 'Address_Set', where, row: { external_ids: new Map([['changed', 'yes']]) } };
}

const kindOf = (missed: number) => (['delete', 'insert', 'modify'] as const)[missed % 3];

describe.each([{ clustered: false }, { clustered: true }])('clustered: $clustered', ({ clustered }) => {
  let server: OvsdbServer;
  let writer: Database;
  beforeAll(async () => {
    server = await startOvsdbServer({ schema: 'nb', clustered });
    writer = await openDatabase({ remotes: [server.remote], database, reconnect });
  });
  afterAll(async () => {
    await writer.close();
    await server.stop();
  });
  beforeEach(async () => {
    await writer.transact([{ op: 'delete', table: 'Address_Set', where: [] }]);
    await writer.transact(Array.from({ length: rows }, (_, place) => insert(place)));
    // The server forgets a transaction as large as the database, and a client resumes only from one that it has not forgotten.
    await writer.transact([insert(10 * rows)]);
  });

  test.each([0, 1, 98, 100, 1_000])(
    'after a cut of %d transactions just these are told, at once',
    async (missed) => {
      await using proxy = await startProxy(server.remote, join(server.directory, 'proxy'));
      await using db = await openDatabase({ remotes: [proxy.remote], database, reconnect });
      const unopened = proxy.receivedBytes();
      const replica = await db.monitor({ tables: { Address_Set: 'all' } });
      const loadBytes = proxy.receivedBytes() - unopened;
      const told: (readonly RowEvent[])[] = [];
      replica.subscribe(({ events, snapshot }) => {
        expect(snapshot.table('Address_Set').size).toBeGreaterThanOrEqual(rows - Math.ceil(missed / 3));
        told.push(events);
      });
      const gone = new Promise<void>((resolve) => {
        db.onStatus(({ kind }) => kind === 'disconnected' && resolve());
      });
      await proxy.refuse();
      await gone;
      await Promise.all(Array.from({ length: missed }, (_, place) => writer.transact([change(place)])));
      expect(told).toEqual([]);
      expect(replica.snapshot().table('Address_Set').size).toBe(rows + 1);
      const before = proxy.receivedBytes();
      await proxy.accept();
      await db.connected();
      const resumeBytes = proxy.receivedBytes() - before - unopened;

      expect(told).toHaveLength(missed === 0 ? 0 : 1);
      const events = told
        .flat()
        .map(({ kind, before: old, after }) => `${kind} ${String((after ?? old)?.['name'])}`);
      const expected = Array.from({ length: missed }, (_, place) => {
        return `${kindOf(place)} ${setName(place % 3 === 1 ? rows + place : place)}`;
      });
      expect(events.sort()).toEqual(expected.sort());
      await using fresh = await writer.monitor({ tables: { Address_Set: 'all' } });
      const contents = (of: typeof replica) =>
        [...of.snapshot().table('Address_Set')].map((row) => [row._uuid, row['name'], row['external_ids']]);
      expect(contents(replica)).toEqual(contents(fresh));
      if (clustered && missed < history) expect(resumeBytes).toBeLessThan(0.05 * loadBytes);
      else expect(resumeBytes).toBeGreaterThan(0.5 * loadBytes);
    },
  );
});
