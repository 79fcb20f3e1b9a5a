import { type Database, type Operation, openDatabase, type Uuid } from '@berth/ovsdb';
import { encodeOperation } from '@berth/ovsdb/value';
import { clock, hold, timingLine, verdict } from './contest.ts';
import { natInsert, routerName, startLoaded } from './ovsdb-setup.ts';
import { openRawSocket } from './raw-socket.ts';

const database = 'OVN_Northbound';
const cases = [
  { name: '10,000 NAT over 200 routers', count: 10_000, routers: 200, goal: 1.15 },
  { name: '48,000 NAT in one router', count: 48_000, routers: 1, goal: 1.6 },
];
const batch = 20;

/**
 * P3: one NAT row inserted and put into its router's set, by a client that follows both tables and by a bare socket that follows nothing, on one
 * server in turn. The second case is the price of an update to a set of 48,000.
 */
export async function* benchTransact(): AsyncGenerator<string> {
  for (const { name, count, routers, goal } of cases) {
    await using loaded = await startLoaded(count, routers, false);
    const { server } = loaded;
    await using db = await openDatabase({ remotes: [server.remote], database });
    await using socket = await openRawSocket(server.remote);
    const router = await routerUuid(db);
    let place = count;
    const next = (): readonly Operation[] => insertInto(router, place++);
    const ownTimes: number[] = [];
    await using replica = await db.monitor({ tables: { NAT: 'all', Logical_Router: ['name', 'nat'] } });
    const median = (times: readonly number[]) =>
      times.toSorted((left, right) => left - right)[times.length >> 1] ?? 0;
    const repeated = async (run: () => Promise<unknown>): Promise<number> => {
      const times: number[] = [];
      for (let round = 0; round < batch; round++) times.push(await clock(run));
      ownTimes.push(...times);
      return median(times);
    };
    // While the client follows, each write of either is sent to it: the bare socket is timed with nobody listening.
    const quiet = await openDatabase({ remotes: [server.remote], database });
    const times = await hold({
      name,
      rounds: 15,
      entrants: {
        'bare socket': () =>
          repeated(() =>
            socket.request('transact', [
              database,
              ...next().map((operation) => encodeOperation(db.schema, operation)),
            ]),
          ),
        '@berth/ovsdb, following nothing': () => repeated(() => quiet.transact(next())),
        '@berth/ovsdb, following both tables': () => repeated(() => db.transact(next())),
      },
    });
    await quiet.close();
    yield `P3 one transaction: ${name} (p50 of ${batch}: median, min, max)`;
    for (const [entrant, timing] of times) yield timingLine(entrant, timing);
    const [bare = 0, alone = 0, following = 0] = [...times.values()].map(({ medianMs }) => medianMs);
    yield verdict(`P3 ${name}: ours / bare socket`, alone / bare, goal);
    yield verdict(`P3 ${name}: ours following / bare socket`, following / bare, goal);
    if (replica.snapshot().table('NAT').size <= count) throw new Error('the replica did not follow');
  }
}

async function routerUuid(db: Database): Promise<Uuid> {
  const [{ rows }] = await db.transact([
    { op: 'select', table: 'Logical_Router', where: [['name', '==', routerName(0)]], columns: ['_uuid'] },
  ]);
  const uuid = rows[0]?.['_uuid'];
  if (typeof uuid !== 'string') throw new Error('there is no router');
  return uuid as Uuid;
}

function insertInto(router: Uuid, place: number): readonly Operation[] {
  return [
    natInsert(place),
    {
      op: 'mutate',
      table: 'Logical_Router',
      where: [['_uuid', '==', router]],
      mutations: [['nat', 'insert', new Set([`n${place}`])]],
    },
  ];
}
