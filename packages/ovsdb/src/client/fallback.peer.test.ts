import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase, type RowEvent } from '../index.ts';
import { type OvsdbServer, startOvsdbServer } from '../testing/index.ts';
import { createFramer } from '../wire/framing.ts';
import { formatMessage, parseMessage } from '../wire/json-rpc.ts';

const database = 'OVN_Northbound';
const reconnect = { minDelayMs: 10, maxDelayMs: 50 };
let server: OvsdbServer;
beforeAll(async () => {
  server = await startOvsdbServer({ schema: 'nb', clustered: true });
});
afterAll(() => server.stop());

type OldServer = AsyncDisposable & {
  readonly remote: string;
  /** The monitor methods that were asked for, in order. */
  readonly asked: string[];
  cut(): void;
};

/** The real server, but as old as not to know some methods. */
async function startOldServer(path: string, unknown: readonly string[]): Promise<OldServer> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const proxy: Server = createServer((client) => {
    const upstream = connect(server.remote.slice('unix:'.length));
    const framer = createFramer(1e9);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => client.destroy() && upstream.destroy());
    }
    upstream.pipe(client);
    client.on('data', (chunk: Uint8Array) => {
      for (const text of framer.push(chunk)) {
        const message = parseMessage(text);
        if (message.kind === 'request' && /^monitor(_cond|_cond_since)?$/.test(message.method)) {
          asked.push(message.method);
        }
        if (message.kind === 'request' && unknown.includes(message.method)) {
          client.write(formatMessage({ kind: 'error', id: message.id, error: 'unknown method' }));
        } else upstream.write(text);
      }
    });
  });
  proxy.listen(path);
  await once(proxy, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  const stop = async () => {
    proxy.close();
    cut();
  };
  return { remote: `unix:${path}`, asked, cut, [Symbol.asyncDispose]: stop };
}

const router = (name: string, enabled: boolean) =>
  ({ op: 'insert', table: 'Logical_Router', row: { name, enabled } }) as const;
const named = (name: string) => [['name', '==', name]] as const;

const ages = [
  { unknown: [], method: 'monitor_cond_since' },
  { unknown: ['monitor_cond_since', 'set_db_change_aware'], method: 'monitor_cond' },
  { unknown: ['monitor_cond_since', 'monitor_cond', 'set_db_change_aware'], method: 'monitor' },
];

describe.each(ages)('a server whose best method is $method', ({ unknown, method }) => {
  let db: Database;
  let old: OldServer;
  const told: string[][] = [];
  const open = async () => {
    told.length = 0;
    old = await startOldServer(join(server.directory, `old-${method}`), unknown);
    db = await openDatabase({ remotes: [old.remote], database, reconnect });
    await db.transact([{ op: 'delete', table: 'Logical_Router', where: [] }]);
  };
  const note = ({ events }: { readonly events: readonly RowEvent[] }) =>
    told.push(
      events.map(({ kind, before, after }) => `${kind} ${String((after ?? before)?.['name'])}`).sort(),
    );
  afterEach(async () => {
    await db.close();
    await old[Symbol.asyncDispose]();
  });

  test('is asked by it, and each change is told once', async () => {
    await open();
    await db.transact([router('a', true)]);
    const replica = await db.monitor({ tables: { Logical_Router: ['name', 'options'] } });
    replica.subscribe(note);
    expect(old.asked.at(-1)).toBe(method);
    await db.transact([router('b', true), router('c', true)]);
    const options = new Map([['k', 'v']]);
    await db.transact([{ op: 'update', table: 'Logical_Router', where: named('a'), row: { options } }]);
    await db.transact([
      {
        op: 'mutate',
        table: 'Logical_Router',
        where: named('a'),
        mutations: [['options', 'delete', options]],
      },
    ]);
    await db.transact([{ op: 'delete', table: 'Logical_Router', where: named('b') }]);
    expect(told).toEqual([['insert b', 'insert c'], ['modify a'], ['modify a'], ['delete b']]);
    const rows = [...replica.snapshot().table('Logical_Router')];
    expect(rows.map(({ name, options }) => [name, options]).sort()).toEqual([
      ['a', new Map()],
      ['c', new Map()],
    ]);
  });

  test('is asked for rows that meet a condition, and tells when they come to meet it and no longer do', async () => {
    await open();
    await db.transact([router('in', true), router('out', false)]);
    const replica = await db.monitor({
      tables: {
        Logical_Router: {
          columns: ['name'],
          whereAny: [
            ['enabled', '==', true],
            ['name', '==', 'always'],
          ],
        },
      },
    });
    replica.subscribe(note);
    const names = () => [...replica.snapshot().table('Logical_Router')].map((row) => row['name']).sort();
    expect(names()).toEqual(['in']);
    const set = (name: string, enabled: boolean) =>
      db.transact([{ op: 'update', table: 'Logical_Router', where: named(name), row: { enabled } }]);
    await set('out', true);
    await set('in', false);
    await db.transact([router('nothing', false), router('always', false)]);
    expect(told).toEqual([['insert out'], ['delete in'], ['insert always']]);
    expect(names()).toEqual(['always', 'out']);
  });

  test('gives only the real differences after a cut', async () => {
    await open();
    await db.transact([router('kept', true), router('changed', true), router('deleted', true)]);
    const replica = await db.monitor({ tables: 'all' });
    replica.subscribe(note);
    const gone = new Promise<void>((resolve) => {
      db.onStatus(({ kind }) => kind === 'disconnected' && resolve());
    });
    await using other = await openDatabase({ remotes: [server.remote], database });
    old.cut();
    await gone;
    await other.transact([
      { op: 'update', table: 'Logical_Router', where: named('changed'), row: { enabled: false } },
      { op: 'delete', table: 'Logical_Router', where: named('deleted') },
      router('new', true),
    ]);
    await db.connected();
    await db.echo();
    expect(told).toEqual([['delete deleted', 'insert new', 'modify changed']]);
  });
});

test('conditions must fit the schema', async () => {
  await using db = await openDatabase({ remotes: [server.remote], database });
  const follow = (column: string, value: string | number) =>
    db.monitor({ tables: { Logical_Router: { whereAny: [[column, '==', value]] } } });
  await expect(follow('none', 'x')).rejects.toMatchObject({ code: 'unknown-table-or-column' });
  await expect(follow('name', 1)).rejects.toMatchObject({ code: 'bad-value' });
});
