import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Database, type Operation, openDatabase, type Row, type RowEvent, type Uuid } from '../index.ts';
import { type OvsdbServer, startOvsdbServer } from '../testing/index.ts';
import { isUuid } from '../value/uuid.ts';

const database = 'OVN_Northbound';
const uuidOf = (digit: string): Uuid => {
  const text = `${digit.repeat(8)}-0000-5000-8000-000000000000`;
  if (!isUuid(text)) throw new Error(`${digit} is not a hexadecimal digit`);
  return text;
};
const nat = (uuid: Uuid, externalIp: string): Operation => ({
  op: 'insert',
  table: 'NAT',
  uuid,
  row: { type: 'dnat_and_snat', external_ip: externalIp, logical_ip: '192.168.0.4' },
});

describe.each([{ clustered: false }, { clustered: true }])(
  'a server (clustered: $clustered)',
  ({ clustered }) => {
    let server: OvsdbServer;
    let db: Database;

    beforeAll(async () => {
      server = await startOvsdbServer({ schema: 'nb', clustered });
      db = await openDatabase({ remotes: [server.remote], database });
    });
    afterAll(async () => {
      await db.close();
      await server.stop();
    });
    beforeEach(async () => {
      await db.transact([
        { op: 'delete', table: 'Logical_Router', where: [] },
        { op: 'delete', table: 'Address_Set', where: [] },
      ]);
    });

    test('has the schema of its database', () => {
      expect(db.schema).toMatchObject({ name: database, version: '7.0.0' });
      expect(db.status).toEqual({ kind: 'connected', remote: server.remote });
    });

    test('runs every operation and returns its result', async () => {
      const [inserted] = await db.transact([
        { op: 'insert', table: 'Address_Set', row: { name: 'set1', addresses: new Set(['10.0.0.1']) } },
      ]);
      const where = [['_uuid', '==', inserted.uuid]] as const;
      const [comment, updated, mutated, waited, selected, deleted] = await db.transact([
        { op: 'comment', comment: 'a test' },
        { op: 'update', table: 'Address_Set', where, row: { external_ids: new Map([['k', 'v']]) } },
        {
          op: 'mutate',
          table: 'Address_Set',
          where,
          mutations: [['addresses', 'insert', new Set(['10.0.0.2'])]],
        },
        {
          op: 'wait',
          table: 'Address_Set',
          where,
          columns: ['name'],
          until: '==',
          rows: [{ name: 'set1' }],
          timeoutMs: 0,
        },
        {
          op: 'select',
          table: 'Address_Set',
          where,
          columns: ['_uuid', 'name', 'addresses', 'external_ids'],
        },
        { op: 'delete', table: 'Address_Set', where: [['external_ids', 'includes', new Map([['k', 'v']])]] },
      ]);
      expect([comment, updated, mutated, waited, deleted]).toEqual([
        { op: 'comment' },
        { op: 'update', count: 1 },
        { op: 'mutate', count: 1 },
        { op: 'wait' },
        { op: 'delete', count: 1 },
      ]);
      expect(selected.rows).toEqual([
        {
          _uuid: inserted.uuid,
          name: 'set1',
          addresses: new Set(['10.0.0.1', '10.0.0.2']),
          external_ids: new Map([['k', 'v']]),
        },
      ]);
    });

    test('names a new row within its transaction', async () => {
      const [route, router] = await db.transact([
        {
          op: 'insert',
          table: 'Logical_Router_Static_Route',
          uuidName: 'route',
          row: { ip_prefix: '0.0.0.0/0', nexthop: '10.0.0.1' },
        },
        { op: 'insert', table: 'Logical_Router', row: { name: 'r', static_routes: new Set(['route']) } },
      ]);
      const [{ rows }] = await db.transact([
        { op: 'select', table: 'Logical_Router', where: [['_uuid', '==', router.uuid]] },
      ]);
      expect(rows[0]).toMatchObject({ static_routes: new Set([route.uuid]) });
    });

    test('refuses a second insert of a client-chosen UUID, and commits nothing of that transaction', async () => {
      const uuid = uuidOf('a');
      const operations = [
        nat(uuid, '10.9.101.9'),
        { op: 'insert', table: 'Logical_Router', row: { name: 'r', nat: new Set([uuid]) } },
      ] as const;
      const [first] = await db.transact(operations);
      expect(first).toEqual({ op: 'insert', uuid });
      await expect(db.transact(operations)).rejects.toMatchObject({
        code: 'transaction-refused',
        retry: 'wait-change',
        waitLost: false,
        errors: [{ index: 0, operation: operations[0], error: 'duplicate uuid' }],
      });
      const [{ rows }] = await db.transact([
        { op: 'select', table: 'Logical_Router', where: [], columns: ['name'] },
      ]);
      expect(rows).toHaveLength(1);
    });

    test('refuses a transaction whose wait finds other contents', async () => {
      const [{ uuid }] = await db.transact([{ op: 'insert', table: 'Logical_Router', row: { name: 'r' } }]);
      const compareAndSet = (expected: string, next: string) =>
        db.transact([
          {
            op: 'wait',
            table: 'Logical_Router',
            where: [['_uuid', '==', uuid]],
            columns: ['name'],
            until: '==',
            rows: [{ name: expected }],
            timeoutMs: 0,
          },
          { op: 'update', table: 'Logical_Router', where: [['_uuid', '==', uuid]], row: { name: next } },
        ]);
      await compareAndSet('r', 's');
      await expect(compareAndSet('r', 't')).rejects.toMatchObject({
        waitLost: true,
        retry: 'wait-change',
        errors: [{ index: 0, error: 'timed out' }],
      });
      const [{ rows }] = await db.transact([
        { op: 'select', table: 'Logical_Router', where: [], columns: ['name'] },
      ]);
      expect(rows).toEqual([{ name: 's' }]);
    });

    test.each<readonly [string, readonly Operation[], object]>([
      [
        'a value that the enum does not have',
        [
          { op: 'comment', comment: 'c' },
          { op: 'insert', table: 'NAT', row: { type: 'other' } },
          { op: 'comment', comment: 'c' },
        ],
        { index: 1, error: 'constraint violation' },
      ],
      [
        'a dangling reference, at commit',
        [{ op: 'insert', table: 'Logical_Router', row: { name: 'r', nat: new Set([uuidOf('b')]) } }],
        { index: 1, error: 'referential integrity violation' },
      ],
      [
        'two rows alike in a unique column, at commit',
        [
          { op: 'insert', table: 'Address_Set', row: { name: 'twin' } },
          { op: 'insert', table: 'Address_Set', row: { name: 'twin' } },
        ],
        { index: 2, error: 'constraint violation' },
      ],
      [
        'a dry run',
        [{ op: 'insert', table: 'Address_Set', row: { name: 'dry' } }, { op: 'abort' }],
        { index: 1, error: 'aborted' },
      ],
      ['a lock that is not held', [{ op: 'assert', lock: 'l' }], { index: 0, error: 'not owner' }],
      [
        'a name given twice',
        [
          { op: 'insert', table: 'Address_Set', uuidName: 'same', row: { name: 'a' } },
          { op: 'insert', table: 'Address_Set', uuidName: 'same', row: { name: 'b' } },
        ],
        { index: 1, error: 'duplicate uuid-name' },
      ],
      [
        'a division by zero',
        [
          { op: 'insert', table: 'NB_Global', row: {} },
          { op: 'mutate', table: 'NB_Global', where: [], mutations: [['nb_cfg', '/=', 0]] },
        ],
        { index: 1, error: 'domain error' },
      ],
    ])('refuses %s', async (_what, operations, error) => {
      await expect(db.transact(operations)).rejects.toMatchObject({
        code: 'transaction-refused',
        errors: [error],
      });
      const [{ rows }] = await db.transact([{ op: 'select', table: 'Address_Set', where: [] }]);
      expect(rows).toEqual([]);
    });

    test('is not asked for what its schema does not have', async () => {
      await expect(db.transact([{ op: 'insert', table: 'Nat', row: {} }])).rejects.toMatchObject({
        code: 'unknown-table-or-column',
      });
      await expect(db.monitor({ tables: { NAT: ['none'] } })).rejects.toMatchObject({
        code: 'unknown-table-or-column',
      });
    });

    test('is followed: contents, then one notification per transaction, seen before transact resolves', async () => {
      await db.transact([{ op: 'insert', table: 'Address_Set', uuid: uuidOf('c'), row: { name: 'before' } }]);
      await using replica = await db.monitor({
        tables: { Address_Set: 'all', Logical_Router: ['name'] },
        indexes: { Logical_Router: [['name']] },
      });
      expect([...replica.snapshot().table('Address_Set')].map((row: Row) => row['name'])).toEqual(['before']);

      const changes: (readonly RowEvent[])[] = [];
      const stop = replica.subscribe(({ events }) => changes.push(events));
      const where = [['_uuid', '==', uuidOf('c')]] as const;
      await db.transact([
        { op: 'insert', table: 'Logical_Router', uuid: uuidOf('d'), row: { name: 'r' } },
        {
          op: 'mutate',
          table: 'Address_Set',
          where,
          mutations: [['addresses', 'insert', new Set(['10.0.0.1', '10.0.0.2'])]],
        },
      ]);
      expect(replica.snapshot().table('Logical_Router').find({ name: 'r' })).toEqual([
        { _uuid: uuidOf('d'), name: 'r' },
      ]);
      await db.transact([
        {
          op: 'mutate',
          table: 'Address_Set',
          where,
          mutations: [['addresses', 'delete', new Set(['10.0.0.1'])]],
        },
      ]);
      await db.transact([{ op: 'delete', table: 'Logical_Router', where: [['name', '==', 'r']] }]);
      await db.transact([{ op: 'comment', comment: 'changes nothing' }]);
      stop();
      await db.transact([{ op: 'delete', table: 'Address_Set', where: [] }]);

      const shown = changes.map((events) =>
        events.map(({ kind, table, before, after }) => [
          kind,
          table,
          before?.['addresses'],
          after?.['addresses'],
        ]),
      );
      const both = new Set(['10.0.0.1', '10.0.0.2']);
      expect(shown).toEqual([
        [
          ['modify', 'Address_Set', new Set(), both],
          ['insert', 'Logical_Router', undefined, undefined],
        ],
        [['modify', 'Address_Set', both, new Set(['10.0.0.2'])]],
        [['delete', 'Logical_Router', undefined, undefined]],
      ]);
      expect(replica.snapshot().table('Address_Set').size).toBe(0);
    });

    test('is followed through sets that grow and shrink far', async () => {
      await using replica = await db.monitor({ tables: { Address_Set: 'all' } });
      const uuid = uuidOf('e');
      const addresses = Array.from({ length: 500 }, (_, index) => `10.1.${index >> 8}.${index & 255}`);
      await db.transact([{ op: 'insert', table: 'Address_Set', uuid, row: { name: 'large' } }]);
      const where = [['_uuid', '==', uuid]] as const;
      for (const step of [addresses.slice(0, 20), addresses.slice(20, 60), addresses.slice(60)]) {
        await db.transact([
          { op: 'mutate', table: 'Address_Set', where, mutations: [['addresses', 'insert', new Set(step)]] },
        ]);
      }
      await db.transact([
        {
          op: 'mutate',
          table: 'Address_Set',
          where,
          mutations: [['addresses', 'delete', new Set(addresses.slice(5))]],
        },
      ]);
      const held = replica.snapshot().table('Address_Set').get(uuid);
      const [{ rows }] = await db.transact([
        { op: 'select', table: 'Address_Set', where, columns: ['addresses'] },
      ]);
      expect(rows).toEqual([{ addresses: new Set(addresses.slice(0, 5)) }]);
      expect([...(held?.['addresses'] instanceof Object ? held['addresses'] : [])].sort()).toEqual(
        addresses.slice(0, 5).sort(),
      );
    });

    test('serves two clients: what one writes the other sees', async () => {
      await using other = await openDatabase({ remotes: [server.tcpRemote], database });
      const replica = await other.monitor({ tables: { Logical_Router: ['name'] } });
      const seen = new Promise<readonly RowEvent[]>((resolve) => {
        replica.subscribe(({ events }) => resolve(events));
      });
      const [{ uuid }] = await db.transact([
        { op: 'insert', table: 'Logical_Router', row: { name: 'theirs' } },
      ]);
      expect(await seen).toEqual([
        { kind: 'insert', table: 'Logical_Router', uuid, after: { _uuid: uuid, name: 'theirs' } },
      ]);
    });

    test('has its replicas closed one by one', async () => {
      const first = await db.monitor({ tables: { Logical_Router: 'all' } });
      await using second = await db.monitor({ tables: { Logical_Router: 'all' } });
      await first.close();
      await first.close();
      await db.transact([{ op: 'insert', table: 'Logical_Router', row: { name: 'r' } }]);
      expect([first, second].map((replica) => replica.snapshot().table('Logical_Router').size)).toEqual([
        0, 1,
      ]);
    });
  },
);
