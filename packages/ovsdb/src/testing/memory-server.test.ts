import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Database, type OpenOptions, openDatabase, type RowEvent } from '../index.ts';
import { parseSchema } from '../schema/parse.ts';
import { type MemoryServer, startMemoryServer } from './memory-server.ts';

const schema = parseSchema({
  name: 'D',
  version: '1.0.0',
  tables: {
    Switch: {
      isRoot: true,
      indexes: [['name']],
      columns: {
        name: { type: 'string' },
        vlan: { type: { key: { type: 'integer', minInteger: 1, maxInteger: 4094 }, min: 0 } },
        ports: { type: { key: { type: 'uuid', refTable: 'Port' }, min: 0, max: 'unlimited' } },
        options: { type: { key: 'string', value: 'string', min: 0, max: 'unlimited' } },
      },
    },
    Port: { columns: { name: { type: 'string' } } },
  },
});

const open = (server: MemoryServer, options: Partial<OpenOptions> = {}): Promise<Database> =>
  openDatabase({
    remotes: [server.remote],
    dial: server.dial,
    database: 'D',
    reconnect: { minDelayMs: 1, maxDelayMs: 5 },
    ...options,
  });

const told = (list: string[]) => (change: { readonly events: readonly RowEvent[] }) =>
  list.push(change.events.map(({ kind, table }) => `${kind} ${table}`).join(', '));

test('a client reads its schema and rows, writes, and hears of both clients’ changes', async () => {
  await using server = startMemoryServer({ schema, rows: { Switch: [{ name: 'first' }] } });
  await using one = await open(server);
  await using two = await open(server);
  expect(one.schema).toEqual(schema);
  await using replica = await one.monitor({ tables: 'all' });
  const heard: string[] = [];
  replica.subscribe(told(heard));
  const [port, inserted] = await two.transact([
    { op: 'insert', table: 'Port', uuidName: 'p', row: { name: 'p' } },
    { op: 'insert', table: 'Switch', row: { name: 'second', ports: new Set(['p']), vlan: 5 } },
  ]);
  await one.echo();
  expect(replica.snapshot().table('Switch').get(inserted.uuid)).toEqual({
    _uuid: inserted.uuid,
    name: 'second',
    vlan: 5,
    options: new Map(),
    ports: new Set([port.uuid]),
  });
  await two.transact([{ op: 'delete', table: 'Switch', where: [['name', '==', 'second']] }]);
  await one.echo();
  expect(heard).toEqual(['insert Port, insert Switch', 'delete Port, delete Switch']);
  expect(server.snapshot().table('Port').size).toBe(0);
});

test('refusals are those of a real server', async () => {
  await using server = startMemoryServer({ schema, rows: { Switch: [{ name: 'taken' }] } });
  await using db = await open(server);
  await expect(
    db.transact([{ op: 'insert', table: 'Switch', row: { name: 'taken' } }]),
  ).rejects.toMatchObject({
    code: 'transaction-refused',
    errors: [{ index: 1, error: 'constraint violation' }],
  });
  await expect(
    db.transact([
      { op: 'comment', comment: 'fine' },
      { op: 'insert', table: 'Switch', row: { name: 'x', vlan: 5_000 } },
    ]),
  ).rejects.toMatchObject({ errors: [{ index: 1, error: 'constraint violation' }] });
  expect(server.snapshot().table('Switch').size).toBe(1);
});

describe.each([{ clustered: true }, { clustered: false }])('clustered: $clustered', ({ clustered }) => {
  test('after a cut just the real differences are told', async () => {
    await using server = startMemoryServer({
      schema,
      clustered,
      rows: { Switch: [{ name: 'a' }, { name: 'b' }] },
    });
    await using db = await open(server);
    await using other = await open(server);
    await using replica = await db.monitor({ tables: { Switch: 'all' } });
    const heard: string[] = [];
    replica.subscribe(told(heard));
    const gone = new Promise<void>((resolve) =>
      db.onStatus(({ kind }) => kind === 'disconnected' && resolve()),
    );
    server.disconnect();
    await gone;
    await other.connected();
    await other.transact([{ op: 'update', table: 'Switch', where: [['name', '==', 'a']], row: { vlan: 7 } }]);
    await db.connected();
    await db.echo();
    expect(heard).toEqual(['modify Switch']);
  });
});

test('conditions, and a row that comes to meet them', async () => {
  await using server = startMemoryServer({
    schema,
    rows: { Switch: [{ name: 'a', vlan: 1 }, { name: 'b' }] },
  });
  await using db = await open(server);
  await using replica = await db.monitor({ tables: { Switch: { whereAny: [['vlan', '==', 1]] } } });
  const names = () => [...replica.snapshot().table('Switch')].map((row) => row['name']);
  expect(names()).toEqual(['a']);
  await db.transact([{ op: 'update', table: 'Switch', where: [['name', '==', 'b']], row: { vlan: 1 } }]);
  await db.transact([{ op: 'update', table: 'Switch', where: [['name', '==', 'a']], row: { vlan: 2 } }]);
  expect(names()).toEqual(['b']);
});

test('a wait holds a transaction back until it is met, its time is over, or it is taken back', async () => {
  await using server = startMemoryServer({ schema });
  await using db = await open(server);
  const whenThere = (timeoutMs?: number) =>
    ({
      op: 'wait',
      table: 'Switch',
      where: [],
      columns: ['name'],
      until: '==',
      rows: [{ name: 'there' }],
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    }) as const;
  const refused = { errors: [{ error: 'timed out' }], waitLost: true };
  await expect(db.transact([whenThere(0)])).rejects.toMatchObject(refused);
  await expect(db.transact([whenThere(5)])).rejects.toMatchObject(refused);
  const abort = new AbortController();
  const takenBack = expect(db.transact([whenThere()], abort)).rejects.toMatchObject({ code: 'aborted' });
  const waiting = db.transact([whenThere(), { op: 'insert', table: 'Switch', row: { name: 'after' } }]);
  await db.echo();
  abort.abort();
  await takenBack;
  await db.transact([{ op: 'insert', table: 'Switch', row: { name: 'there' } }]);
  await waiting;
  expect([...server.snapshot().table('Switch')].map((row) => row['name']).sort()).toEqual(['after', 'there']);
});

test('locks pass from one client to the next', async () => {
  await using server = startMemoryServer({ schema });
  const one = await open(server);
  await using two = await open(server);
  await one.lock('l');
  await using lock = await two.lock('l');
  expect(lock.held).toBe(false);
  await expect(two.transact([{ op: 'assert', lock: 'l' }])).rejects.toMatchObject({
    errors: [{ error: 'not owner' }],
  });
  const gained = new Promise((resolve) => lock.onChange(resolve));
  await one.close();
  expect(await gained).toBe(true);
  await two.transact([{ op: 'assert', lock: 'l' }]);
});

test('a unix socket serves as well', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'berth-memory-'));
  try {
    await using server = startMemoryServer({ schema });
    const path = join(directory, 'sock');
    await server.listen(path);
    await using db = await openDatabase({ remotes: [`unix:${path}`], database: 'D' });
    expect(await db.listDatabases()).toEqual(['D']);
    await expect(openDatabase({ remotes: [`unix:${path}`], database: 'E' })).rejects.toMatchObject({
      code: 'unknown-database',
    });
  } finally {
    await rm(directory, { recursive: true });
  }
});
