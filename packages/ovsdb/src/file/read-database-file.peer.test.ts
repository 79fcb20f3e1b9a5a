import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openDatabase } from '../client/open-database.ts';
import { startOvsdbServer } from '../testing/index.ts';
import { randomTransactions } from '../testing/random-transactions.ts';
import { rawClientOn } from '../testing/raw-client.ts';
import { equalColumns } from '../value/equality.ts';
import type { Snapshot } from '../value/snapshot.ts';
import { readDatabaseFile } from './read-database-file.ts';

const file = join(import.meta.dirname, '../testing/cases/transcript.ovsschema');
const database = 'Transcript';

function expectSame(read: Snapshot, served: Snapshot): void {
  expect(read.tableNames).toEqual(served.tableNames);
  for (const table of served.tableNames) {
    const [from, to] = [read.table(table), served.table(table)];
    expect(from.size).toBe(to.size);
    for (const row of to) {
      const same = from.get(row._uuid);
      expect(same !== undefined && equalColumns(same, row), `${table} ${row._uuid}`).toBe(true);
    }
  }
}

test.each([{ clustered: false }, { clustered: true }])(
  'a file is what its server holds, before and after compaction (clustered: $clustered)',
  async ({ clustered }) => {
    await using server = await startOvsdbServer({ schema: { file }, clustered });
    await using db = await openDatabase({ remotes: [server.remote], database });
    await using replica = await db.monitor({ tables: 'all' });
    using client = rawClientOn(connect(server.remote.slice('unix:'.length)));
    const run = async (seed: number): Promise<void> => {
      for (const operations of randomTransactions(seed, 300)) {
        await client.request('transact', [database, ...operations]);
      }
      await db.echo();
    };
    const read = async () => readDatabaseFile(await readFile(server.file));
    await run(2);
    const first = await read();
    expect(first.kind).toBe(clustered ? 'clustered' : 'standalone');
    expect(first.transactions).toBeGreaterThan(30);
    expectSame(first.snapshot, replica.snapshot());
    await server.control('ovsdb-server/compact', database);
    // A member of a cluster answers before it has done so.
    const rest = async (): Promise<number> => (await read()).transactions;
    await expect.poll(rest).toBeLessThan(first.transactions);
    expectSame((await read()).snapshot, replica.snapshot());
    await run(3);
    expectSame((await read()).snapshot, replica.snapshot());
  },
);

test('the file of a real joining member is told apart', async () => {
  await using server = await startOvsdbServer({ schema: { file }, clustered: true });
  const joining = join(server.directory, 'joining');
  const address = (name: string) => `unix:${join(server.directory, name)}`;
  await promisify(execFile)('ovsdb-tool', [
    'join-cluster',
    joining,
    database,
    address('other'),
    address('raft'),
  ]);
  expect(() => readDatabaseFile(new Uint8Array())).toThrow(
    expect.objectContaining({ code: 'not-a-database' }),
  );
  const bytes = await readFile(joining);
  expect(() => readDatabaseFile(bytes)).toThrow(expect.objectContaining({ code: 'not-a-database' }));
});
