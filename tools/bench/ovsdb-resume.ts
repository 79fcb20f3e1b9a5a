import { join } from 'node:path';
import { type Database, openDatabase } from '@berth/ovsdb';
import { startProxy } from '@berth/ovsdb/testing';
import { clock, timingLine, verdict } from './contest.ts';
import { summarise } from './measure.ts';
import { startLoaded } from './ovsdb-setup.ts';

const database = 'OVN_Northbound';
const count = 50_000;
const rounds = 5;
const goal = 0.01;

/** P2: a clustered database of 50,000 NAT rows; the connection is cut, some transactions are missed, the connection comes back. */
export async function* benchResume(): AsyncGenerator<string> {
  await using loaded = await startLoaded(count, 200, true);
  const { server, db: writer } = loaded;
  await using proxy = await startProxy(server.remote, join(server.directory, 'proxy'));
  await touch(writer, 0);
  const loads: number[] = [];
  for (let round = 0; round < rounds; round++) {
    loads.push(
      await clock(async () => {
        await using db = await openDatabase({ remotes: [server.remote], database });
        await db.monitor({ tables: 'all' });
      }),
    );
  }
  const full = summarise(loads);
  yield `P2 coming back to ${count} NAT rows (median, min, max)`;
  yield timingLine('full load', full);
  for (const missed of [0, 1, 98]) {
    const { times, bytes, told } = await cuts(proxy, writer, missed);
    const timing = summarise(times);
    yield timingLine(`back after ${missed} missed: ${bytes} bytes, ${told} rows told`, timing);
    yield verdict(`P2 ${missed} missed: back / full load`, timing.medianMs / full.medianMs, goal);
  }
}

/** Each time the connection is cut, transactions are made beside it, and the way back is timed from the first attempt. */
async function cuts(proxy: Awaited<ReturnType<typeof startProxy>>, writer: Database, missed: number) {
  await using db = await openDatabase({
    remotes: [proxy.remote],
    database,
    reconnect: { minDelayMs: 1, maxDelayMs: 2 },
  });
  await using replica = await db.monitor({ tables: 'all' });
  const times: number[] = [];
  let told = 0;
  let bytes = 0;
  replica.subscribe(({ events }) => {
    told += events.length;
  });
  for (let round = 0; round <= rounds; round++) {
    const gone = new Promise<void>((resolve) =>
      db.onStatus(({ kind }) => kind === 'disconnected' && resolve()),
    );
    await proxy.refuse();
    await gone;
    for (let place = 0; place < missed; place++) await touch(writer, round * missed + place + 1);
    told = 0;
    const before = proxy.receivedBytes();
    await proxy.accept();
    const timeMs = await clock(() => db.connected());
    if (round > 0) times.push(timeMs);
    bytes = proxy.receivedBytes() - before;
  }
  return { times, bytes, told };
}

async function touch(db: Database, place: number): Promise<void> {
  const where = [['external_ip', '==', `10.0.${(place >> 8) & 255}.${place & 255}`]] as const;
  const row = { options: new Map([['touched', String(Math.random())]]) };
  await db.transact([{ op: 'update', table: 'NAT', where, row }]);
}
