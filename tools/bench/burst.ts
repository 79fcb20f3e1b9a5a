import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { compiledTables, type DesiredRow, mapOf, operations, plan, rowOf } from '@berth/core';
import { type Database, openDatabase } from '@berth/ovsdb';
import { startOvsdbServer } from '@berth/ovsdb/testing';
import { emptySnapshot, type Snapshot } from '@berth/ovsdb/value';
import { clock, hold, timingLine, verdict } from './contest.ts';

const run = promisify(execFile);
const count = 500;
/** One process each takes so long that a tenth of them must do; the time is scaled. */
const processes = 25;
const cause = { kind: 'Vpc', name: 'burst' };
const router = rowOf('Logical_Router', { unit: 'vpc/burst', cause, columns: { name: 'burst' } });

/** P4: 500 floating IPs into NB: all in the transaction of one pass, a transaction each, and an `ovn-nbctl` each. */
export async function* benchBurst(): AsyncGenerator<string> {
  await using server = await startOvsdbServer({ schema: 'nb' });
  await using db = await openDatabase({ remotes: [server.remote], database: 'OVN_Northbound' });
  const empty = emptySnapshot(db.schema, [...compiledTables]);
  const rows = Array.from({ length: count }, (_, place) => natRow(place));
  const clean = (): Promise<unknown> => db.transact([{ op: 'delete', table: 'Logical_Router', where: [] }]);
  const fresh = async (): Promise<void> => {
    await clean();
    await db.transact(operationsFor([router], empty));
  };
  const times = await hold({
    name: 'burst',
    rounds: 21,
    entrants: {
      'one pass: planned and written in one transaction': async () => {
        await clean();
        return clock(() => db.transact(operationsFor([router, ...rows], empty)));
      },
      'a transaction for each': async () => {
        await fresh();
        return clock(() => serially(db, rows, empty));
      },
      [`an ovn-nbctl for each (${processes} of them, scaled)`]: async () => {
        await fresh();
        return (await clock(() => byProcesses(server.remote))) * (count / processes);
      },
    },
  });
  yield `P4 a burst of ${count} floating IPs into NB (median, min, max)`;
  for (const [entrant, timing] of times) yield timingLine(entrant, timing);
  const [one = 0, serial = 0, nbctl = 0] = [...times.values()].map(({ medianMs }) => medianMs);
  yield verdict('P4 one pass / a transaction for each', one / serial, 0.15);
  yield verdict('P4 one pass / an ovn-nbctl for each', one / nbctl, 0.01);
}

function natRow(place: number): DesiredRow {
  return rowOf('NAT', {
    unit: 'vpc/burst',
    cause: { kind: 'OvnFip', name: `f${place}` },
    parent: router,
    columns: {
      type: 'dnat_and_snat',
      external_ip: `10.${place >> 8}.${place & 255}.9`,
      logical_ip: `192.168.${place >> 8}.${place & 255}`,
      options: mapOf({}),
    },
  });
}

function operationsFor(desired: readonly DesiredRow[], observed: Snapshot): ReturnType<typeof operations> {
  return operations(
    plan({ db: 'NB', desired, observed, tables: compiledTables, instance: 'default' }).changes,
  );
}

/** As a controller does that programs each object as it comes. */
async function serially(db: Database, rows: readonly DesiredRow[], empty: Snapshot): Promise<void> {
  for (const row of rows) {
    const [, insert, ...rest] = operationsFor([router, row], empty);
    const insertOnly = insert?.op === 'insert' ? [insert] : [];
    const into = [['nat', 'insert', new Set([row.uuid])]] as const;
    const mutate = {
      op: 'mutate',
      table: 'Logical_Router',
      where: [['_uuid', '==', router.uuid]],
      mutations: into,
    } as const;
    await db.transact([...insertOnly, mutate, ...rest]);
  }
}

async function byProcesses(remote: string): Promise<void> {
  for (let place = 0; place < processes; place++) {
    const { external_ip: external, logical_ip: logical } = natRow(place).columns;
    await run('ovn-nbctl', [
      `--db=${remote}`,
      'lr-nat-add',
      'burst',
      'dnat_and_snat',
      String(external),
      String(logical),
    ]);
  }
}

if (import.meta.main) for await (const line of benchBurst()) console.log(line);
