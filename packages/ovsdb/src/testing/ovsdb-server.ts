import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chosenSchema, type SchemaChoice } from './schema-files.ts';
import { ServerProcess, type ServerTls } from './server-process.ts';

const run = promisify(execFile);

export type OvsdbServerOptions = {
  readonly schema: SchemaChoice;
  /** True for a RAFT cluster of one member, which knows transaction ids; default a standalone database. */
  readonly clustered?: boolean;
  /** Adds an `ssl:` remote with this certificate. */
  readonly tls?: ServerTls;
};

/** A real ovsdb-server on an empty database in a directory of its own. */
export type OvsdbServer = AsyncDisposable & {
  /** `unix:PATH`. */
  readonly remote: string;
  /** `tcp:127.0.0.1:PORT`, the same after each start. */
  readonly tcpRemote: string;
  /** `ssl:127.0.0.2:PORT`, where there is TLS. */
  readonly sslRemote: string;
  /** The name of its database. */
  readonly database: string;
  readonly directory: string;
  /** The database file. */
  readonly file: string;
  /** The process that serves now. */
  readonly pid: () => number;
  /** Sends a command as ovs-appctl(8) does and returns what it prints. */
  control(...command: readonly string[]): Promise<string>;
  /** Kills the server at once (SIGKILL); the database file stays. */
  kill(): Promise<void>;
  /** Starts it again on the same file and the same sockets. */
  start(): Promise<void>;
  /** Kills the server and removes its directory. */
  stop(): Promise<void>;
};

/**
 * Starts ovsdb-server (Debian packages ovn-common and openvswitch-common) and resolves when it answers.
 * The server dies with the thread that started it, however that ends.
 */
export async function startOvsdbServer(options: OvsdbServerOptions): Promise<OvsdbServer> {
  const { file: schemaFile, name } = await chosenSchema(options.schema);
  const directory = await mkdtemp(join(tmpdir(), 'berth-ovsdb-'));
  const file = join(directory, 'db');
  const server = new ServerProcess({ file, database: name, directory, tls: options.tls });
  const start = () => server.start();
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const address = `unix:${join(directory, 'raft')}`;
    if (options.clustered === true) await run('ovsdb-tool', ['create-cluster', file, schemaFile, address]);
    else await run('ovsdb-tool', ['create', file, schemaFile]);
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return serverOf(server, { database: name, directory, file, start, stop });
}

/** The public face of a server process. */
export function serverOf(
  server: ServerProcess,
  about: Pick<OvsdbServer, 'database' | 'directory' | 'file' | 'start' | 'stop'>,
): OvsdbServer {
  return {
    ...about,
    remote: `unix:${server.socket}`,
    tcpRemote: `tcp:${server.tcpAddress}`,
    sslRemote: `ssl:${server.sslAddress}`,
    pid: () => server.pid,
    control: (...command) => server.control(...command),
    kill: () => server.kill(),
    [Symbol.asyncDispose]: about.stop,
  };
}
