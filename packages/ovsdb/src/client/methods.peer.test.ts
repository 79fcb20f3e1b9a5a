import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, type Lock, type Operation, openDatabase } from '../index.ts';
import { type OvsdbServer, startOvsdbServer } from '../testing/index.ts';

const database = 'OVN_Northbound';
const reconnect = { minDelayMs: 10, maxDelayMs: 50 };
let server: OvsdbServer;
let one: Database;
let two: Database;
beforeAll(async () => {
  server = await startOvsdbServer({ schema: 'nb' });
  const open = () => openDatabase({ remotes: [server.remote], database, reconnect });
  [one, two] = await Promise.all([open(), open()]);
});
afterAll(async () => {
  await Promise.all([one.close(), two.close()]);
  await server.stop();
});

const guarded = (lock: string): readonly Operation[] => [
  { op: 'assert', lock },
  { op: 'comment', comment: 'guarded' },
];

/** Resolves when the lock is next gained (`true`) or lost. */
function next(lock: Lock): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = lock.onChange((held) => {
      stop();
      resolve(held);
    });
  });
}

test('lists the databases and answers an echo', async () => {
  expect([...(await one.listDatabases())].sort()).toEqual([database, '_Server']);
  await one.echo();
});

test('a lock is held by one, waited for by the next, and guards transactions', async () => {
  await using first = await one.lock('l');
  const second = await two.lock('l');
  expect([first.held, second.held]).toEqual([true, false]);
  await one.transact(guarded('l'));
  await expect(two.transact(guarded('l'))).rejects.toMatchObject({
    code: 'transaction-refused',
    retry: 'wait-change',
    errors: [{ index: 0, error: 'not owner' }],
  });
  const gained = next(second);
  await first.release();
  expect(await gained).toBe(true);
  expect([first.held, second.held]).toEqual([false, true]);
  await two.transact(guarded('l'));
  await second.release();
  await second.release();
});

test('a lock can be stolen', async () => {
  await using first = await one.lock('s');
  const lost = next(first);
  await using second = await two.steal('s');
  expect(await lost).toBe(false);
  expect(second.held).toBe(true);
});

test('one client cannot ask for the same lock twice', async () => {
  await using lock = await one.lock('twice');
  await expect(one.lock('twice')).rejects.toMatchObject({ code: 'request-refused' });
  expect(lock.held).toBe(true);
});

test('a lock is lost with the connection and asked for again on the next', async () => {
  await using db = await openDatabase({ remotes: [server.remote], database, reconnect });
  await using lock = await db.lock('again');
  const changes: boolean[] = [];
  lock.onChange((held) => changes.push(held));
  await server.kill();
  await server.start();
  await db.connected();
  expect(changes).toEqual([false, true]);
  await db.transact(guarded('again'));
  await Promise.all([one.connected(), two.connected()]);
});

test('a transaction that waits can be taken back', async () => {
  const abort = new AbortController();
  const never: Operation = {
    op: 'wait',
    table: 'NB_Global',
    where: [],
    columns: ['name'],
    until: '==',
    rows: [{ name: 'never' }],
  };
  const waiting = expect(
    one.transact([never, { op: 'insert', table: 'Logical_Router', row: { name: 'never' } }], {
      signal: abort.signal,
    }),
  ).rejects.toMatchObject({ code: 'aborted', outcome: 'not-sent' });
  await one.echo();
  abort.abort();
  await waiting;
  const [{ rows }] = await two.transact([
    { op: 'select', table: 'Logical_Router', where: [['name', '==', 'never']] },
  ]);
  expect(rows).toEqual([]);
});
