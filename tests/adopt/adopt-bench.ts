import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Operation, openDatabase, type Snapshot } from '@berth/ovsdb';
import { startOvsdbServer } from '@berth/ovsdb/testing';
import { type AdoptAnswer, adoptSchema } from '../../apps/cli/src/schema/adopt.ts';
import { addChassis } from '../../packages/engine/src/testing/chassis.ts';
import { programFile } from '../support/programs.ts';

/** Real NB and SB servers that Kube-OVN has written to, and berth on them. */
export type AdoptBench = AsyncDisposable & {
  readonly scratch: string;
  /** The flags that lead a command to the servers, and to what it stores. */
  readonly where: readonly string[];
  /** `bin/berth` on a folder of YAML. */
  berth(
    folder: string,
    ...argv: readonly string[]
  ): { status: number | null; stdout: string; stderr: string };
  /** `bin/berth` on what is stored, for commands that read. */
  read(...argv: readonly string[]): { status: number | null; stdout: string; stderr: string };
  /** What `berth adopt` answers. */
  answer(folder: string, ...argv: readonly string[]): AdoptAnswer;
  /** Every row of NB by its UUID, as text; without the epoch, which stays. */
  contents(): Promise<Readonly<Record<string, string>>>;
  /** What the global rows of NB and SB note, the epoch and who raised it among it. */
  globals(): Promise<readonly string[]>;
  /** Writes to NB as somebody else does. */
  edit(write: (snapshot: Snapshot) => readonly Operation[]): Promise<void>;
  /** Takes every mark off every row, as somebody does who makes rows of Berth look like those of others. */
  unmark(): Promise<void>;
};

/** Starts the servers with three nodes that are on `networks`. */
export async function startAdoptBench(
  rows: readonly Operation[],
  networks: readonly string[] = ['external'],
): Promise<AdoptBench> {
  await using stack = new AsyncDisposableStack();
  const scratch = mkdtempSync(path.join(tmpdir(), 'berth-adopt-'));
  stack.defer(() => rmSync(scratch, { recursive: true, force: true }));
  const servers = await Promise.all([startOvsdbServer({ schema: 'nb' }), startOvsdbServer({ schema: 'sb' })]);
  for (const server of servers) stack.defer(() => server.stop());
  const [north = '', south = ''] = servers.map(({ remote }) => remote);
  await addChassis(south, ['node-1', 'node-2', 'node-3'], ...networks);
  const nb = stack.adopt(await openDatabase({ remotes: [north], database: 'OVN_Northbound' }), (each) =>
    each.close(),
  );
  const replica = await nb.monitor({ tables: 'all' });
  await nb.transact([{ op: 'insert', table: 'NB_Global', row: {} }, ...rows]);
  const held = stack.move();
  const where = ['--nb', north, '--sb', south, '--state', path.join(scratch, 'state')];
  const read: AdoptBench['read'] = (...argv) => {
    const env = { PATH: process.env['PATH'], HOME: scratch };
    const program = programFile('berth');
    const { status, stdout, stderr } = spawnSync(program, [...argv, ...where], { encoding: 'utf8', env });
    return { status, stdout, stderr };
  };
  const berth: AdoptBench['berth'] = (folder, ...argv) => read(...argv, '-f', folder);
  return {
    scratch,
    where,
    berth,
    read,
    answer(folder, ...argv) {
      const { stdout, stderr } = berth(folder, 'adopt', ...argv, '-o', 'json');
      if (stdout === '') throw new Error(stderr);
      return adoptSchema.parse(JSON.parse(stdout));
    },
    async contents() {
      await nb.transact([]);
      const snapshot: Snapshot = replica.snapshot();
      return Object.fromEntries(
        snapshot.tableNames.flatMap((table) =>
          [...snapshot.table(table)].map((row) => [`${table} ${row._uuid}`, JSON.stringify(row, plain)]),
        ),
      );
    },
    async globals() {
      const notes = async (remote: string, database: string, table: string): Promise<string> => {
        await using opened = await openDatabase({ remotes: [remote], database });
        const [row] = (await opened.monitor({ tables: { [table]: 'all' } })).snapshot().table(table);
        const ids = row?.['external_ids'];
        return JSON.stringify(ids instanceof Map ? [...ids] : []);
      };
      return [
        await notes(north, 'OVN_Northbound', 'NB_Global'),
        await notes(south, 'OVN_Southbound', 'SB_Global'),
      ];
    },
    async edit(write) {
      await nb.transact([]);
      await nb.transact([...write(replica.snapshot())]);
    },
    async unmark() {
      const { tableNames, schema }: Snapshot = replica.snapshot();
      const marked = tableNames.filter(
        (table) => table !== 'NB_Global' && schema.tables[table]?.columns['external_ids'],
      );
      await nb.transact(
        marked.map((table) => ({ op: 'update', table, where: [], row: { external_ids: new Map() } })),
      );
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** Neither the epoch, nor who raised it, nor what is noted of rows given back, nor the number of the last change (`nb_cfg`) goes back. */
function plain(name: string, value: unknown): unknown {
  if (name === 'nb_cfg') return undefined;
  if (value instanceof Map)
    return [...value]
      .filter(([key]) => !/^berth\.dev\/(epoch|lead|given-back)/.test(key))
      .map((entry) => JSON.stringify(entry))
      .sort();
  return value instanceof Set ? [...value].sort() : value;
}

/** What a change is beside the marks; nothing where it is no more. */
export function repairIn({ verb, table, key, columns }: AdoptAnswer['changes'][number]): readonly string[] {
  const repaired = Object.keys(columns).filter((name) => name !== 'external_ids');
  if (repaired.length === 0) return [];
  const what = verb === 'insert' ? '' : `: ${repaired.join(' ')}`;
  return [`${verb} ${table} ${key.findLast((part) => part !== '')}${what}`];
}
