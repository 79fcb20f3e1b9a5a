import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { changeKey, formerOrderPrefix } from '@berth/api';
import { type Columns, type Database, type Operation, openDatabase, type Replica } from '@berth/ovsdb';
import type { Row, Snapshot } from '@berth/ovsdb/value';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { programFile } from '../../../tests/support/programs.ts';
import { labStatusSchema } from './schema/lab-status.ts';

const root = path.join(import.meta.dirname, '../../..');
const berthProgram = programFile('berth');
const example = path.join(root, 'examples/11-clean-up');
/** A child that takes long to say so is a failure; nothing is measured. */
const soon = { timeout: 60_000, interval: 50 };
/** How long nobody may write for it to count as quiet. */
const quietMs = 1_500;
/** The same where whoever writes later is seen by what comes next, or nobody is left to write. */
const brieflyMs = 500;
/** What ovn-northd and the time write into rows of ours (ovn-nb(5)): no business of the controller's. */
const foreignColumns: Readonly<Record<string, readonly string[]>> = {
  Logical_Switch_Port: ['up', 'dynamic_addresses'],
  Logical_Router_Port: ['status'],
  BFD: ['status'],
};

let scratch = '';
let folder = '';
let environment: NodeJS.ProcessEnv = {};
let nb: Database;
let replica: Replica;

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'br-'));
  folder = path.join(scratch, 'folder');
  mkdirSync(folder);
  for (const file of readdirSync(example).filter((name) => name.endsWith('.yaml')))
    cpSync(path.join(example, file), path.join(folder, file));
  environment = {
    PATH: process.env['PATH'],
    HOME: scratch,
    XDG_RUNTIME_DIR: scratch,
    XDG_STATE_HOME: scratch,
  };
  expect(berth('lab', 'up', '--name', 'repair')).toMatchObject({ status: 0 });
  const { nb: remote } = labStatusSchema.parse(JSON.parse(berth('lab', 'status', '-o', 'json').stdout));
  nb = await openDatabase({ remotes: [remote], database: 'OVN_Northbound' });
  replica = await nb.monitor({ tables: 'all' });
  expect(berth('apply', '-f', folder)).toMatchObject({ status: 0 });
});
afterAll(async () => {
  await nb?.close();
  berth('lab', 'down');
  rmSync(scratch, { recursive: true, force: true });
});

function berth(...argv: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(berthProgram, argv, { encoding: 'utf8', env: environment });
  return { status, stdout, stderr };
}

/** A real controller, and how to end it. */
class Controller {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #stderr = '';

  constructor() {
    this.#child = spawn(berthProgram, ['run', '-f', folder], {
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.#ended = new Promise((resolve) => this.#child.on('exit', (code, signal) => resolve(code ?? signal)));
  }

  /** Resolves when the first pass is over. */
  async watching(): Promise<void> {
    await vi.waitFor(() => expect(this.#stderr).toContain('stop with Ctrl-C'), soon);
  }

  async end(signal: NodeJS.Signals): Promise<unknown> {
    this.#child.kill(signal);
    return await this.#ended;
  }
}

/** The rows, as far as they are the controller's business or somebody else's: by table, in one order, without what they tell of before. */
function contents(snapshot: Snapshot, isWanted: (row: Row) => boolean = () => true): unknown {
  return snapshot.tableNames
    .filter((table) => table !== 'NB_Global' && table !== 'Connection')
    .flatMap((table) =>
      [...snapshot.table(table)].filter(isWanted).map((row) => [table, plain(table, row)] as const),
    );
}

function plain(table: string, row: Row): unknown {
  return Object.entries(row)
    .filter(([name]) => foreignColumns[table]?.includes(name) !== true)
    .map(([name, value]) => [name, plainValue(value)]);
}

function plainValue(value: unknown): unknown {
  return value instanceof Object && Symbol.iterator in value
    ? Array.from(value as Iterable<unknown>, (each) => JSON.stringify(each))
        .filter((text) => ![`["${changeKey}",`, `["${formerOrderPrefix}`].some((key) => text.startsWith(key)))
        .sort()
    : value;
}

/** The tables that each update of NB changed as long as this is watched, without what ovn-northd writes. */
function watchUpdates(): { readonly updates: readonly (readonly string[])[]; readonly stop: () => void } {
  const updates: (readonly string[])[] = [];
  const stop = replica.subscribe(({ events }) => {
    const ours = events.filter(({ kind, table, before, after }) => {
      if (table === 'NB_Global') return epochOf(before) !== epochOf(after);
      if (kind !== 'modify') return true;
      return JSON.stringify(plain(table, before)) !== JSON.stringify(plain(table, after));
    });
    if (ours.length > 0) updates.push([...new Set(ours.map(({ table }) => table))]);
  });
  return { updates, stop };
}

function epochOf(row: Row | undefined): unknown {
  const ids = row?.['external_ids'];
  return ids instanceof Object && 'get' in ids ? ids.get('berth.dev/epoch') : undefined;
}

/** Resolves when nobody has written for a while. */
async function quiet(forMs = quietMs): Promise<void> {
  const watched = watchUpdates();
  for (let seen = -1; seen !== watched.updates.length; ) {
    seen = watched.updates.length;
    await sleep(forMs);
  }
  watched.stop();
}

function isForeign({ name, external_ids: ids }: Row): boolean {
  return (
    (typeof name === 'string' && name.startsWith('foreign')) ||
    (ids instanceof Object && 'has' in ids && ids.has('foreign'))
  );
}
const isOther = (row: Row): boolean => !isForeign(row);

/** What somebody else has: a switch with a port, a router with a route, and a load-balancer. */
const foreignRows: readonly Operation[] = [
  { op: 'insert', table: 'Logical_Switch', row: { name: 'foreign', ports: new Set(['port']) } },
  { op: 'insert', table: 'Logical_Switch_Port', uuidName: 'port', row: { name: 'foreign-port' } },
  { op: 'insert', table: 'Logical_Router', row: { name: 'foreign', static_routes: new Set(['route']) } },
  {
    op: 'insert',
    table: 'Logical_Router_Static_Route',
    uuidName: 'route',
    row: { ip_prefix: '10.77.0.0/16', nexthop: '10.77.0.1', external_ids: new Map([['foreign', 'yes']]) },
  },
  { op: 'insert', table: 'Load_Balancer', row: { name: 'foreign' } },
];

/** Root rows take everything with them; NB_Global loses what anybody wrote into it. */
const wipe: readonly Operation[] = [
  ...['Logical_Router', 'Logical_Switch', 'Load_Balancer', 'BFD', 'NB_Global'].map(
    (table) => ({ op: 'delete', table, where: [] }) as const,
  ),
];

/** One row of each table, damaged in a column that says what it does. */
const damages: readonly (readonly [table: string, row: Columns])[] = [
  ['Logical_Switch_Port', { addresses: new Set(['unknown']) }],
  ['Logical_Router_Port', { mac: '02:00:00:00:00:99' }],
  ['Gateway_Chassis', { priority: 7 }],
  ['NAT', { external_ip: '10.9.101.99' }],
  ['Load_Balancer', { vips: new Map() }],
  ['Logical_Router_Static_Route', { nexthop: '192.168.0.77' }],
  ['Logical_Router_Policy', { action: 'allow' }],
  ['BFD', { min_tx: 999 }],
  ['Logical_Router', { external_ids: new Map() }],
];

/** Where the rows of a table are held; the others are roots. */
const holders: Readonly<Record<string, readonly [table: string, column: string]>> = {
  Logical_Switch_Port: ['Logical_Switch', 'ports'],
  Logical_Router_Port: ['Logical_Router', 'ports'],
  Gateway_Chassis: ['Logical_Router_Port', 'gateway_chassis'],
  NAT: ['Logical_Router', 'nat'],
  Logical_Router_Static_Route: ['Logical_Router', 'static_routes'],
  Logical_Router_Policy: ['Logical_Router', 'policies'],
};

/** What changes when a gateway joins a group. */
const joined = new Set(['Gateway_Chassis', 'Logical_Router_Port', 'Logical_Switch', 'Logical_Switch_Port']);

function remove(table: string, uuid: unknown): Operation {
  const [holder, column] = holders[table] ?? [];
  if (holder === undefined || column === undefined)
    return { op: 'delete', table, where: [['_uuid', '==', String(uuid)]] };
  const mutations = [[column, 'delete', new Set([String(uuid)])]] as const;
  return { op: 'mutate', table: holder, where: [], mutations };
}

describe('while run is on', () => {
  let controller: Controller;
  let right: unknown;

  beforeAll(async () => {
    controller = new Controller();
    await controller.watching();
    await nb.transact(foreignRows);
    await quiet();
    right = contents(replica.snapshot(), isOther);
  });
  afterAll(async () => {
    expect(await controller.end('SIGTERM')).toBe(0);
  });

  /**
   * Damages NB, waits until it is right again, and tells what was written after the damage, without the standbys of groups that were
   * lost: they join once BFD is up again.
   */
  async function repaired(...damage: readonly Operation[]): Promise<readonly (readonly string[])[]> {
    const { updates, stop } = watchUpdates();
    await nb.transact(damage);
    const foreign = contents(replica.snapshot(), isForeign);
    await expect.poll(() => contents(replica.snapshot(), isOther), soon).toEqual(right);
    await quiet(brieflyMs);
    stop();
    expect(contents(replica.snapshot(), isOther)).toEqual(right);
    expect(contents(replica.snapshot(), isForeign)).toEqual(foreign);
    const [repair, ...later] = updates.slice(1).filter((tables) => tables.join() !== 'NB_Global');
    return [
      ...(repair ? [repair] : []),
      ...later.filter((tables) => !tables.every((each) => joined.has(each))),
    ];
  }

  test('a wiped NB is written again in one transaction, then nothing more', async () => {
    const epoch = epochOf([...replica.snapshot().table('NB_Global')][0]);
    expect(epoch).toBeDefined();
    expect(await repaired(...wipe)).toHaveLength(1);
    expect(epochOf([...replica.snapshot().table('NB_Global')][0])).toBe(epoch);
    await nb.transact(foreignRows);
  });

  test('an epoch alone that was lost comes back, and nothing is written beside it', async () => {
    const ids = { op: 'update', table: 'NB_Global', where: [], row: { external_ids: new Map() } } as const;
    const epoch = epochOf([...replica.snapshot().table('NB_Global')][0]);
    await nb.transact([ids]);
    await expect.poll(() => epochOf([...replica.snapshot().table('NB_Global')][0]), soon).toBe(epoch);
  });

  test.each(['nat', 'ports', 'static_routes', 'policies'])(
    'so is a router without its %s',
    async (column) => {
      const where = [['name', '!=', 'foreign']] as const;
      const gone: Operation = { op: 'update', table: 'Logical_Router', where, row: { [column]: new Set() } };
      expect(await repaired(gone)).toHaveLength(1);
    },
  );

  test.each(damages)('one row of %s that was changed, and one that was deleted', async (table, row) => {
    const ofOurs = () => [...replica.snapshot().table(table)].filter(isOther)[0]?._uuid;
    const where = [['_uuid', '==', String(ofOurs())]] as const;
    expect(await repaired({ op: 'update', table, where, row })).toHaveLength(1);
    expect(await repaired(remove(table, ofOurs()))).toHaveLength(1);
  });

  test('after all of it nobody writes any more', async () => {
    const { updates, stop } = watchUpdates();
    await sleep(quietMs);
    stop();
    expect(updates).toEqual([]);
  });
});

test('a restart with everything right writes nothing but the epoch', async () => {
  await quiet();
  const { updates, stop } = watchUpdates();
  const controller = new Controller();
  await controller.watching();
  await quiet();
  stop();
  expect(await controller.end('SIGTERM')).toBe(0);
  expect(updates).toEqual([['NB_Global']]);
});

describe('killed in a burst', () => {
  const burst = (): string => path.join(folder, 'burst');
  /** Eight VPCs with a network and an SNAT rule each, and twenty floating IPs: there all at once. */
  const show = (): void => {
    const hidden = path.join(scratch, 'burst');
    mkdirSync(hidden);
    writeFileSync(path.join(hidden, 'burst.yaml'), burstText());
    renameSync(hidden, burst());
  };
  let before: unknown;
  let wanted: unknown;
  let tookMs = 0;

  beforeAll(async () => {
    await quiet();
    before = contents(replica.snapshot(), isOther);
    show();
    const startedMs = performance.now();
    expect(berth('apply', '-f', folder).stderr).toContain(' created');
    tookMs = performance.now() - startedMs;
    await quiet();
    wanted = contents(replica.snapshot(), isOther);
    expect(wanted).not.toEqual(before);
  });
  beforeEach(async () => {
    rmSync(burst(), { recursive: true, force: true });
    berth('apply', '-f', folder);
    await quiet(brieflyMs);
    expect(contents(replica.snapshot(), isOther)).toEqual(before);
  });
  afterEach(() => rmSync(burst(), { recursive: true, force: true }));

  test.each([0, 0.1, 0.25, 0.4, 0.6, 0.9])(
    'about %f of the way, the next start ends in the same place',
    async (part) => {
      const killed = new Controller();
      await killed.watching();
      show();
      const delayMs = tookMs * (part + Math.random() / 10);
      await sleep(delayMs);
      await killed.end('SIGKILL');
      const next = new Controller();
      await next.watching();
      await expect
        .poll(() => contents(replica.snapshot(), isOther), { ...soon, message: `killed after ${delayMs} ms` })
        .toEqual(wanted);
      await quiet();
      expect(contents(replica.snapshot(), isOther)).toEqual(wanted);
      expect(await next.end('SIGTERM')).toBe(0);
    },
  );
});

function burstText(): string {
  const object = (kind: string, name: string, spec: object): string =>
    JSON.stringify({ apiVersion: 'kubeovn.io/v1', kind, metadata: { name }, spec });
  const external = { externalSubnet: 'external0', type: 'nat' };
  const vpcs = Array.from({ length: 8 }, (_, place) => [
    object('Vpc', `b${place}`, { enableExternal: true, extraExternalSubnets: ['external0'] }),
    object('Subnet', `b${place}-net`, { vpc: `b${place}`, cidrBlock: `10.50.${place}.0/24` }),
    object('OvnEip', `b${place}-out`, external),
    object('OvnSnatRule', `b${place}-out`, { ovnEip: `b${place}-out`, vpcSubnet: `b${place}-net` }),
  ]);
  const fips = Array.from({ length: 20 }, (_, place) => [
    object('OvnEip', `f${place}`, external),
    object('OvnFip', `f${place}`, { ovnEip: `f${place}`, vpc: 'b0', v4Ip: `10.50.0.${place + 10}` }),
  ]);
  return [...vpcs, ...fips].flat().join('\n---\n');
}
