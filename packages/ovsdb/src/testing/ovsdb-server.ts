import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { parseSchemaText } from '../schema/parse.ts';

const run = promisify(execFile);

const schemaFiles = {
  nb: '/usr/share/ovn/ovn-nb.ovsschema',
  sb: '/usr/share/ovn/ovn-sb.ovsschema',
  vswitch: '/usr/share/openvswitch/vswitch.ovsschema',
} as const;

export type OvsdbServerOptions = {
  /** A schema of the installed OVN and Open vSwitch, or the path of an `.ovsschema` file. */
  readonly schema: keyof typeof schemaFiles | { readonly file: string };
  /** True for a RAFT cluster of one member, which knows transaction ids; default a standalone database. */
  readonly clustered?: boolean;
};

/** A real ovsdb-server on an empty database in a directory of its own. */
export type OvsdbServer = AsyncDisposable & {
  /** `unix:PATH`. */
  readonly remote: string;
  /** `tcp:127.0.0.1:PORT`, the same after each start. */
  readonly tcpRemote: string;
  /** The name of its database. */
  readonly database: string;
  readonly directory: string;
  /** The process that serves now. */
  readonly pid: () => number;
  /** Kills the server at once (SIGKILL); the database file stays. */
  kill(): Promise<void>;
  /** Starts it again on the same file and the same unix socket. */
  start(): Promise<void>;
  /** Kills the server and removes its directory. */
  stop(): Promise<void>;
};

/**
 * Starts ovsdb-server (Debian packages ovn-common and openvswitch-common) and resolves when it answers.
 * The server dies with the thread that started it, however that ends.
 */
export async function startOvsdbServer(options: OvsdbServerOptions): Promise<OvsdbServer> {
  const schemaFile = typeof options.schema === 'string' ? schemaFiles[options.schema] : options.schema.file;
  const { name } = parseSchemaText(await readFile(schemaFile, 'utf8'));
  const directory = await mkdtemp(join(tmpdir(), 'ovsdb-'));
  const file = join(directory, 'db');
  if (options.clustered === true) {
    await run('ovsdb-tool', ['create-cluster', file, schemaFile, `unix:${join(directory, 'raft')}`]);
  } else {
    await run('ovsdb-tool', ['create', file, schemaFile]);
  }

  let child: ChildProcess | undefined;
  let tcpPort = 0;
  const socket = join(directory, 'sock');
  const killWithUs = () => child?.kill('SIGKILL');
  process.on('exit', killWithUs);

  const start = async (): Promise<void> => {
    await rm(socket, { force: true });
    const started = spawn(
      'setpriv',
      [
        '--pdeathsig=KILL',
        'ovsdb-server',
        `--remote=punix:${socket}`,
        `--remote=ptcp:${tcpPort}:127.0.0.1`,
        `--unixctl=${join(directory, 'ctl')}`,
        '--verbose=off',
        '--verbose=file:info',
        `--log-file=${join(directory, 'log')}`,
        file,
      ],
      { stdio: 'ignore' },
    );
    child = started;
    await once(started, 'spawn');
    while (!existsSync(socket) && started.exitCode === null) await sleep(2);
    await run('ovsdb-client', ['-t', '20', '--verbose=off', 'wait', `unix:${socket}`, name, 'connected'], {
      env: { ...process.env, OVS_RUNDIR: directory },
    });
    tcpPort ||= await listeningPort(join(directory, 'log'));
  };

  const kill = async (): Promise<void> => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    running.kill('SIGKILL');
    await once(running, 'exit');
  };

  const stop = async (): Promise<void> => {
    await kill();
    process.off('exit', killWithUs);
    await rm(directory, { recursive: true, force: true });
  };

  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    remote: `unix:${socket}`,
    tcpRemote: `tcp:127.0.0.1:${tcpPort}`,
    database: name,
    directory,
    pid: () => child?.pid ?? 0,
    kill,
    start,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** The server logs which port it was given. */
async function listeningPort(logFile: string): Promise<number> {
  const log = await readFile(logFile, 'utf8');
  const ports = [...log.matchAll(/listening on port (\d+)/g)];
  return Number(ports.at(-1)?.[1] ?? 0);
}
