import { spawnSync } from 'node:child_process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openDatabase } from '@berth/ovsdb';
import { clock, hold, timingLine, verdict } from './contest.ts';
import { routerName, startLoaded } from './ovsdb-setup.ts';

const database = 'OVN_Northbound';
const sizes = [
  { count: 10_000, routers: 200, goal: 1, rounds: 7 },
  { count: 50_000, routers: 200, goal: 1.15, rounds: 5 },
];
const pythonGoal = 0.3;
const goalKb = 1.4;

/** The columns that `ovn-nbctl lr-nat-list` reads. */
const listed = {
  NAT: [
    'external_ip',
    'external_mac',
    'external_port_range',
    'gateway_port',
    'logical_ip',
    'logical_port',
    'type',
  ],
  Logical_Router: ['name', 'nat'],
  Logical_Router_Port: ['name'],
} as const;

/** The heap that a replica of the whole database takes for each NAT row, in KB. */
async function heapOfRow(remote: string, count: number): Promise<number> {
  await using db = await openDatabase({ remotes: [remote], database });
  const before = await heapBytes();
  const replica = await db.monitor({ tables: 'all', indexes: { NAT: [['external_ip']] } });
  const after = await heapBytes();
  if (replica.snapshot().table('NAT').size !== count) throw new Error('rows are missing');
  return (after - before) / count / 1024;
}

/** What is in use of the heap once everything else is collected. */
async function heapBytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  for (let round = 0; round < 3; round++) {
    if (typeof collect === 'function') collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}

/** Reads every table into the replica of Debian's own Python client. */
const pythonClient = `
import sys
import ovs.db.idl, ovs.poller
helper = ovs.db.idl.SchemaHelper('/usr/share/ovn/ovn-nb.ovsschema')
helper.register_all()
idl = ovs.db.idl.Idl(sys.argv[1], helper)
while not idl.has_ever_connected():
    idl.run()
    poller = ovs.poller.Poller()
    idl.wait(poller)
    if not idl.has_ever_connected():
        poller.block()
print(len(idl.tables['NAT'].rows))
`;

/**
 * P1: a replica with an index on NAT.external_ip, of the columns that ovn-nbctl needs to list one router's NAT against a process of ovn-nbctl, and of
 * the whole database against one of python3-openvswitch.
 */
export async function* benchLoad(): AsyncGenerator<string> {
  const hasPython = spawnSync('/usr/bin/python3', ['-c', 'import ovs']).status === 0;
  for (const { count, routers, goal, rounds } of sizes) {
    await using loaded = await startLoaded(count, routers, false);
    const { remote } = loaded.server;
    const ours = (tables: typeof listed | 'all') => () =>
      clock(async () => {
        await using db = await openDatabase({ remotes: [remote], database });
        const { snapshot } = await db.monitor({ tables, indexes: { NAT: [['external_ip']] } });
        if (snapshot().table('NAT').size !== count) throw new Error('rows are missing');
      });
    const command =
      (program: string, ...args: readonly string[]) =>
      () =>
        clock(() => {
          const { status, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
          if (status !== 0) throw new Error(`${program}: ${stderr}`);
        });
    const times = await hold({
      name: 'load',
      rounds,
      entrants: {
        '@berth/ovsdb, what ovn-nbctl reads, and an index': ours(listed),
        '@berth/ovsdb, the whole database and an index': ours('all'),
        'ovn-nbctl lr-nat-list': command(
          'ovn-nbctl',
          `--db=${remote}`,
          '--no-leader-only',
          'lr-nat-list',
          routerName(0),
        ),
        ...(hasPython
          ? { 'python3-openvswitch': command('/usr/bin/python3', '-c', pythonClient, remote) }
          : {}),
      },
    });
    yield `P1 load of ${count} NAT rows (median, min, max)`;
    for (const [name, timing] of times) yield timingLine(name, timing);
    const [listing = 0, whole = 0, native = 0, python] = [...times.values()].map(({ medianMs }) => medianMs);
    yield verdict(`P1 ${count}: ours / ovn-nbctl, the same columns`, listing / native, goal);
    yield verdict(
      `P1 ${count}: heap of a row in KB, everything and an index`,
      await heapOfRow(remote, count),
      goalKb,
    );
    if (python === undefined) continue;
    yield verdict(`P1 ${count}: ours / python3-openvswitch, everything`, whole / python, pythonGoal);
  }
}
