import { type Database, type Operation, openDatabase, type Uuid } from '@berth/ovsdb';
import { encodeOperation, isUuid, zeroUuid } from '@berth/ovsdb/value';
import { clock, hold, timingLine, verdict } from './contest.ts';
import { summarise } from './measure.ts';
import { natInsert, routerName, startLoaded } from './ovsdb-setup.ts';
import { openRawSocket } from './raw-socket.ts';

const database = 'OVN_Northbound';
const cases = [
  { name: '10,000 NAT over 200 routers', count: 10_000, routers: 200, goal: 1.15 },
  { name: '48,000 NAT in one router', count: 48_000, routers: 1, goal: 1.6 },
];
const batch = 20;
const rounds = 15;

/**
 * P3: one NAT row inserted and put into its router's set, through the client and through a bare socket in turn: first with nobody following the
 * tables, then with both being sent each change, which the socket throws away. The second case is the price of a set of 48,000.
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
    const encoded = () => next().map((operation) => encodeOperation(db.schema, operation));
    const alone = await hold({
      name,
      rounds,
      entrants: {
        'bare socket': () => repeated(() => socket.request('transact', [database, ...encoded()])),
        '@berth/ovsdb': () => repeated(() => db.transact(next())),
      },
    });
    await using replica = await db.monitor({ tables: { NAT: 'all', Logical_Router: ['name', 'nat'] } });
    const requests = { NAT: [{}], Logical_Router: [{ columns: ['name', 'nat'] }] };
    await socket.request('monitor_cond_since', [database, 'bare', requests, zeroUuid]);
    const following = await hold({
      name,
      rounds,
      entrants: {
        'bare socket that is sent both tables': () =>
          repeated(() => socket.request('transact', [database, ...encoded()])),
        '@berth/ovsdb with a replica of both tables': () => repeated(() => db.transact(next())),
      },
    });
    yield `P3 one transaction: ${name} (p50 of ${batch}: median, min, max)`;
    for (const times of [alone, following]) {
      for (const [entrant, timing] of times) yield timingLine(entrant, timing);
      const [bare = 0, own = 0] = [...times.values()].map(({ medianMs }) => medianMs);
      yield verdict(`P3 ${times === alone ? 'alone' : 'following'}, ${name}: ours / bare`, own / bare, goal);
    }
    if (replica.snapshot().table('NAT').size <= count) throw new Error('the replica did not follow');
  }
}

/** The median of a batch. */
async function repeated(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < batch; round++) times.push(await clock(run));
  return summarise(times).medianMs;
}

async function routerUuid(db: Database): Promise<Uuid> {
  const [{ rows }] = await db.transact([
    { op: 'select', table: 'Logical_Router', where: [['name', '==', routerName(0)]], columns: ['_uuid'] },
  ]);
  const uuid = rows[0]?.['_uuid'];
  if (typeof uuid !== 'string' || !isUuid(uuid)) throw new Error('there is no router');
  return uuid;
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
