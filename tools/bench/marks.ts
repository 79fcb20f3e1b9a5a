import { lingersPrefix } from '@berth/api';
import { type Change, type LingerChanges, lingerChanges, outdatedMarks } from '@berth/core';
import { type NbTables, nbSchema, type SbTables, sbSchema } from '@berth/ovn';
import { openDatabase } from '@berth/ovsdb';
import { startOvsdbServer } from '@berth/ovsdb/testing';
import { changeSnapshot, type Operation, type Snapshot, snapshotOf, type Uuid } from '@berth/ovsdb/value';
import { lingerMarks } from '../../packages/core/src/fabric/linger-mark.ts';
import { clock, hold, timingLine, verdict } from './contest.ts';
import { type Network, networkOf } from './network.ts';

const size = 10_000;
/** How much of what one key for each address takes the lists may take. */
const goalOfBytes = 0.1;
const at = { number: 1, isAfter: false };

/** P8: ten thousand floating IPs deleted at once: what the marks of their addresses take in the one row of NB_Global, and of the time. */
export async function* benchMarks(): AsyncGenerator<string> {
  const network = networkOf(size);
  for (const [name, nb] of [
    ['distributed, on ten nodes, each with a MAC of its own', worldOf(network, (row) => row)],
    ['centralized, on one gateway', worldOf(network, centralized)],
  ] as const)
    yield* benchWorld(name, nb, southbound(network, 0), southbound(network, 1));
}

async function* benchWorld(
  name: string,
  nb: Snapshot<NbTables>,
  sb: Snapshot<SbTables>,
  caughtUp: Snapshot<SbTables>,
): AsyncGenerator<string> {
  const changes = [...nb.table('NAT')].map(({ _uuid }) => deletionOf(_uuid));
  const lists = lingerChanges(changes, at, nb, sb).added;
  const marks = lingerMarks(marking(nb, lists), sb);
  if (marks.length !== size) throw new Error(`${marks.length} marks are read back of ${size}`);
  const told = marks.filter(({ mac }) => mac !== undefined).length;
  const single = new Map(
    marks.map(({ ip, switchName, chassis }, place) => [
      `${lingersPrefix}${ip}/${switchName}/${chassis}`,
      `1 02:00:00:00:00:01 ovn-fip/fip-${place}`,
    ]),
  );
  const [bytes, before] = [bytesOf(lists), bytesOf(single)];
  yield `P8 marks of ${size} floating IPs deleted at once, ${name}`;
  yield `  ${bytes} bytes in ${lists.size} keys, with MAC and object of ${told}; ${before} bytes in ${single.size} keys as it was`;
  const times = await hold({
    name: 'marks',
    rounds: 7,
    entrants: {
      'marks of the deletions': () => clock(() => lingerChanges(changes, at, nb, sb)),
      'marks read, in a new NB': () => clock(() => lingerMarks(marking(nb, lists), sb)),
      'one key each read, in a new NB': () => clock(() => lingerMarks(marking(nb, single), sb)),
      'what is outdated found': () => clock(() => outdatedMarks(marking(nb, lists), caughtUp)),
    },
  });
  for (const [what, timing] of times) yield timingLine(what, timing);
  yield* benchServer({ lists, 'one key each': single });
  yield verdict('P8 bytes of the lists / of one key each', bytes / before, goalOfBytes);
}

/** Marks written to a real NB, and taken away again. */
async function* benchServer(forms: Readonly<Record<string, Added>>): AsyncGenerator<string> {
  await using server = await startOvsdbServer({ schema: 'nb' });
  await using db = await openDatabase({ remotes: [server.remote], database: 'OVN_Northbound' });
  await db.transact([{ op: 'insert', table: 'NB_Global', row: {} }]);
  const mutate = (mutator: 'insert' | 'delete', value: Added | ReadonlySet<string>): Promise<unknown> => {
    const mutations = [['external_ids', mutator, value]] as const;
    return db.transact([{ op: 'mutate', table: 'NB_Global', where: [], mutations } as Operation]);
  };
  const entrants = Object.entries(forms).flatMap(([name, added]) => [
    [
      `written to ovsdb-server and taken away: ${name}`,
      () =>
        clock(async () => {
          await mutate('insert', added);
          await mutate('delete', new Set(added.keys()));
        }),
    ] as const,
  ]);
  const times = await hold({ name: 'marks in NB', rounds: 5, entrants: Object.fromEntries(entrants) });
  for (const [what, timing] of times) yield timingLine(what, timing);
}

type Added = LingerChanges['added'];

function bytesOf(entries: Added): number {
  return Buffer.byteLength([...entries].flat().join(''));
}

function deletionOf(uuid: Uuid): Change {
  const rest = { key: ['a'], unit: 'vpc/vpc', cause: undefined, origins: [], interrupts: null };
  return { db: 'NB', verb: 'delete', table: 'NAT', uuid, columns: {}, ...rest };
}

type NatRow = NbTables['NAT'];

function centralized({ logical_port: _, external_mac: __, ...row }: NatRow): Partial<NatRow> {
  return row;
}

function worldOf({ nb }: Network, natOf: (row: NatRow) => Partial<NatRow>): Snapshot<NbTables> {
  const tables = nb.tableNames.map((name) => [name, [...nb.table(name)]] as const);
  const nat = [...(nb as Snapshot<NbTables>).table('NAT')].map(natOf);
  return snapshotOf<NbTables>(nbSchema, {
    ...Object.fromEntries(tables),
    NAT: nat,
    NB_Global: [{ nb_cfg: 1 }],
  });
}

function marking(nb: Snapshot<NbTables>, added: Added): Snapshot<NbTables> {
  const [row] = nb.table('NB_Global');
  if (row === undefined) throw new Error('NB has no NB_Global');
  const after = { ...row, external_ids: added };
  return changeSnapshot(nb, [{ table: 'NB_Global', changes: [{ uuid: row._uuid, before: row, after }] }]);
}

function southbound({ fabric }: Network, done: number): Snapshot<SbTables> {
  const names = [...fabric.chassis.keys()];
  const uuidOf = new Map(
    names.map((name, place) => [name, `00000000-0000-4000-8000-00000000000${place}` as Uuid]),
  );
  return snapshotOf<SbTables>(sbSchema, {
    Chassis: names.map((name) => ({ _uuid: uuidOf.get(name) as never, name })),
    Chassis_Private: names.map((name) => ({ name, nb_cfg: done })),
    Port_Binding: [...fabric.claims].map(([logical_port, chassis]) => ({
      logical_port,
      chassis: uuidOf.get(chassis) as never,
    })),
  });
}

if (import.meta.main) for await (const text of benchMarks()) console.log(text);
