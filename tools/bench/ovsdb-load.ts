import { spawnSync } from 'node:child_process';
import { openDatabase } from '@berth/ovsdb';
import { clock, hold, timingLine, verdict } from './contest.ts';
import { routerName, startLoaded } from './ovsdb-setup.ts';

const database = 'OVN_Northbound';
const sizes = [
  { count: 10_000, routers: 200, goal: 1, rounds: 7 },
  { count: 50_000, routers: 200, goal: 1.15, rounds: 5 },
];
const pythonGoal = 0.3;

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
 * P1: a replica of the whole northbound database, with an index on NAT.external_ip, against a process of ovn-nbctl that lists one router's NAT
 * (which loads what it needs of the database) and one of python3-openvswitch.
 */
export async function* benchLoad(): AsyncGenerator<string> {
  const hasPython = spawnSync('/usr/bin/python3', ['-c', 'import ovs']).status === 0;
  for (const { count, routers, goal, rounds } of sizes) {
    await using loaded = await startLoaded(count, routers, false);
    const { remote } = loaded.server;
    const ours = () =>
      clock(async () => {
        await using db = await openDatabase({ remotes: [remote], database });
        const replica = await db.monitor({ tables: 'all', indexes: { NAT: [['external_ip']] } });
        if (replica.snapshot().table('NAT').size !== count) throw new Error('rows are missing');
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
        '@berth/ovsdb, whole database and an index': ours,
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
    const [own = 0, native = 0, python] = [...times.values()].map(({ medianMs }) => medianMs);
    yield verdict(`P1 ${count}: ours / ovn-nbctl`, own / native, goal);
    if (python !== undefined)
      yield verdict(`P1 ${count}: ours / python3-openvswitch`, own / python, pythonGoal);
  }
}
