import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { NbTables, SbTables } from '../../packages/ovn/src/index.ts';
import { type Database, openDatabase } from '../../packages/ovsdb/src/index.ts';
import { startOvsdbServer } from '../../packages/ovsdb/src/testing/index.ts';
import type { Snapshot } from '../../packages/ovsdb/src/value/index.ts';

const run = promisify(execFile);

/** What conntrack may say of a packet: the last of what belongs to no connection and begins none. */
export type CtText = 'trk,new' | 'trk,est' | 'trk,est,rpl' | 'trk,inv';

/** Real NB, SB and ovn-northd without any node: what packets do there ovn-trace(8) tells. */
export type TracedOvn = AsyncDisposable & {
  /** `ovn-nbctl` with these words, until northd has carried it out. */
  nbctl(...argv: readonly string[]): Promise<void>;
  /** A line as a person types it into a shell where `ovn-nbctl` finds its database, until northd has carried it out. */
  type(line: string): Promise<void>;
  /** What ovn-trace tells of a packet: what conntrack says of it, a datapath and an expression. */
  trace(state: CtText, datapath: string, flow: string): Promise<string>;
  /** The matches of flows that it cannot read, which ovn-controller leaves out: both read them with one library. */
  unread(datapath: string): Promise<readonly string[]>;
  read(): { readonly nb: Snapshot<NbTables>; readonly sb: Snapshot<SbTables> };
};

export async function startTracedOvn(): Promise<TracedOvn> {
  await using stack = new AsyncDisposableStack();
  const [nb, sb] = await Promise.all([
    startOvsdbServer({ schema: 'nb' }),
    startOvsdbServer({ schema: 'sb' }),
  ]);
  stack.use(nb);
  stack.use(sb);
  const northd = startNorthd(nb.directory, nb.remote, sb.remote);
  stack.defer(() => ended(northd));
  const env = { ...process.env, OVN_NB_DB: nb.remote, OVN_SB_DB: sb.remote };
  const north = stack.use(await opened<NbTables>(nb.remote, 'OVN_Northbound'));
  const south = stack.use(await opened<SbTables>(sb.remote, 'OVN_Southbound'));
  const northern = stack.use(await north.monitor({ tables: 'all' }));
  const southern = stack.use(await south.monitor({ tables: 'all' }));
  let passes = 0;
  const nbctl = async (...argv: readonly string[]): Promise<void> => {
    passes += 1;
    // What says which pass this was comes to the replica with what it changed.
    const marked = ['--', 'set', 'NB_Global', '.', `external_ids:pass=${passes}`];
    await run('ovn-nbctl', ['--wait=sb', '-t', '300', ...argv, ...marked], { env });
    const isSeen = (): boolean =>
      [...northern.snapshot().table('NB_Global')].some((row) => row.external_ids.get('pass') === `${passes}`);
    while (!isSeen()) await setTimeout(2);
  };
  await nbctl('init');
  const kept = stack.move();
  return {
    nbctl,
    async type(line) {
      await run('bash', ['-ec', line], { env });
      await nbctl('sync');
    },
    async trace(state, datapath, flow) {
      const states = ['--ct', state, '--ct', state];
      return (await run('ovn-trace', ['--detailed', ...states, datapath, flow], { env })).stdout;
    },
    async unread(datapath) {
      const { stderr } = await run('ovn-trace', ['--minimal', datapath, 'inport == "web"'], { env });
      return stderr
        .split('\n')
        .flatMap((line) => /\|WARN\|(.*): parsing expression failed/.exec(line)?.[1] ?? []);
    },
    read: () => ({ nb: northern.snapshot(), sb: southern.snapshot() }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function opened<T extends NbTables | SbTables>(remote: string, database: string): Promise<Database<T>> {
  return openDatabase<T>({ remotes: [remote], database });
}

function startNorthd(directory: string, nb: string, sb: string): ChildProcess {
  const argv = [
    `--ovnnb-db=${nb}`,
    `--ovnsb-db=${sb}`,
    `--unixctl=${path.join(directory, 'northd.ctl')}`,
    `--log-file=${path.join(directory, 'northd.log')}`,
    '-vconsole:off',
  ];
  return spawn('ovn-northd', argv, { stdio: 'ignore' });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** One router between a switch of workloads and an external one, and a floating IP of `web`. */
export const network = {
  peer: '10.9.0.77',
  external: '10.9.0.9',
  logical: '192.168.0.4',
} as const;

/** Words for `ovn-nbctl` that make it. */
export const makingNetwork: readonly string[] = [
  ...['ls-add', 's1', '--', 'lsp-add', 's1', 'web'],
  ...['--', 'lsp-set-addresses', 'web', '0a:00:00:00:00:04 192.168.0.4'],
  ...['--', 'lsp-add', 's1', 'db', '--', 'lsp-set-addresses', 'db', '0a:00:00:00:00:05 192.168.0.5'],
  ...['--', 'lr-add', 'vpc1', '--', 'lrp-add', 'vpc1', 'r-s1', '0a:00:00:00:01:01', '192.168.0.1/24'],
  ...['--', 'lsp-add', 's1', 's1-r', '--', 'lsp-set-type', 's1-r', 'router'],
  ...['--', 'lsp-set-addresses', 's1-r', 'router', '--', 'lsp-set-options', 's1-r', 'router-port=r-s1'],
  ...['--', 'ls-add', 'ext', '--', 'lrp-add', 'vpc1', 'r-ext', '0a:00:00:00:02:01', '10.9.0.2/24'],
  ...['--', 'lsp-add', 'ext', 'ext-r', '--', 'lsp-set-type', 'ext-r', 'router'],
  ...['--', 'lsp-set-addresses', 'ext-r', 'router', '--', 'lsp-set-options', 'ext-r', 'router-port=r-ext'],
  ...['--', 'lsp-add', 'ext', 'ln', '--', 'lsp-set-type', 'ln', 'localnet'],
  ...['--', 'lsp-set-addresses', 'ln', 'unknown', '--', 'lsp-set-options', 'ln', 'network_name=phys'],
  ...['--', 'lrp-set-gateway-chassis', 'r-ext', 'a', '10'],
  ...['--', 'lr-nat-add', 'vpc1', 'dnat_and_snat', '10.9.0.9', '192.168.0.4'],
  ...['--', 'lr-route-add', 'vpc1', '0.0.0.0/0', '10.9.0.1'],
  ...['--', 'pg-add', 'pg', 'web', '--', 'pg-add', 'wide', 'web', 'ln', '--', 'pg-add', 'none'],
  ...['--', 'create', 'Address_Set', 'name=as', 'addresses="10.9.0.0/24"'],
];
