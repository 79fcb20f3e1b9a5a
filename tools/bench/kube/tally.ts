import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Field } from './field.ts';

/** What was written, as the other side has it: the API server's audit log, and the records of the database file. */
export type Tally = {
  /** Objects made, changed or deleted by a user; none of those below, nor the Lease that says who leads. */
  readonly apiWrites: number;
  readonly events: number;
  /** NodeOrders, of which there is one for each node. */
  readonly orders: number;
  readonly nbTransactions: number;
};

const writing = new Set(['create', 'update', 'patch', 'delete']);

/** Counts what users whose names begin like this have written so far. */
export async function tallyOf({ kube, bench }: Field, user: string): Promise<Tally> {
  let [apiWrites, events, orders] = [0, 0, 0];
  const files = (await readdir(kube.folder)).filter((name) => /^audit(-.*)?\.log$/.test(name));
  for (const file of files) {
    for await (const line of createInterface({ input: createReadStream(join(kube.folder, file)) })) {
      if (!line.includes(`"username":"${user}`)) continue;
      const { verb, objectRef, responseStatus } = JSON.parse(line);
      if (!writing.has(verb) || responseStatus?.code >= 300 || objectRef?.resource === 'leases') continue;
      if (objectRef?.resource === 'events') events += 1;
      else if (objectRef?.resource === 'nodeorders') orders += 1;
      else apiWrites += 1;
    }
  }
  return { apiWrites, events, orders, nbTransactions: await recordsIn(bench.nb.file) };
}

/** Counts reports and other writes of users whose names begin like this that the API server got between two moments (Unix time, ms). */
export async function writesBetween(
  { kube }: Field,
  user: string,
  fromMs: number,
  toMs: number,
): Promise<number> {
  let writes = 0;
  const files = (await readdir(kube.folder)).filter((name) => /^audit(-.*)?\.log$/.test(name));
  for (const file of files) {
    for await (const line of createInterface({ input: createReadStream(join(kube.folder, file)) })) {
      if (!line.includes(`"username":"${user}`)) continue;
      const { verb, responseStatus, requestReceivedTimestamp } = JSON.parse(line);
      const atMs = Date.parse(requestReceivedTimestamp);
      const isInside = fromMs <= atMs && atMs < toMs;
      if (isInside && writing.has(verb) && responseStatus?.code < 300) writes += 1;
    }
  }
  return writes;
}

/** Transactions in the file of a standalone database: each is a record, `OVSDB JSON <length> <sha1>` (ovsdb(5)). */
async function recordsIn(file: string): Promise<number> {
  const bytes = await readFile(file);
  const mark = Buffer.from('OVSDB JSON ');
  let records = 0;
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) records += 1;
  return records;
}

/** What came in between. */
export function since(before: Tally, now: Tally): Tally {
  return {
    apiWrites: now.apiWrites - before.apiWrites,
    events: now.events - before.events,
    orders: now.orders - before.orders,
    nbTransactions: now.nbTransactions - before.nbTransactions,
  };
}

/** Waits until a user has written nothing for a while; gives what was written by then. */
export async function atRest(field: Field, user: string): Promise<Tally> {
  for (let before = await tallyOf(field, user); ; ) {
    await sleep(1_500);
    const now = await tallyOf(field, user);
    if (JSON.stringify(now) === JSON.stringify(before)) return now;
    before = now;
  }
}
