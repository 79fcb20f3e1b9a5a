import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Two addresses tell the two listeners apart in the server's log. */
const tcpHost = '127.0.0.1';
const sslHost = '127.0.0.2';

/** Files of the server's own certificate, for its `ssl:` remote. */
export type ServerTls = {
  readonly certificateFile: string;
  readonly privateKeyFile: string;
  /** The authority that must have signed the certificates of clients. */
  readonly caFile: string;
};

export type ServerProcessOptions = {
  readonly file: string;
  /** The name of its database. */
  readonly database: string;
  /** Holds its sockets and its log. */
  readonly directory: string;
  readonly tls?: ServerTls | undefined;
};

/** The process of one ovsdb-server. It dies with the thread that started it, however that ends. */
export class ServerProcess {
  readonly #options: ServerProcessOptions;
  readonly #killWithUs = (): void => {
    this.#child?.kill('SIGKILL');
  };
  #child: ChildProcess | undefined;
  #tcpPort = 0;
  #sslPort = 0;

  constructor(options: ServerProcessOptions) {
    this.#options = options;
    process.on('exit', this.#killWithUs);
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get socket(): string {
    return join(this.#options.directory, 'sock');
  }

  /** `127.0.0.1:PORT`, the same after each start. */
  get tcpAddress(): string {
    return `${tcpHost}:${this.#tcpPort}`;
  }

  /** `127.0.0.2:PORT`, the same after each start; port 0 without TLS. */
  get sslAddress(): string {
    return `${sslHost}:${this.#sslPort}`;
  }

  /** Resolves when the server is up and, in a cluster, has joined it. */
  async start(): Promise<void> {
    const { directory, file, database, tls } = this.#options;
    await rm(this.socket, { force: true });
    const secure =
      tls === undefined
        ? []
        : [
            `--remote=pssl:${this.#sslPort}:${sslHost}`,
            `--private-key=${tls.privateKeyFile}`,
            `--certificate=${tls.certificateFile}`,
            `--ca-cert=${tls.caFile}`,
          ];
    const started = spawn(
      'setpriv',
      [
        '--pdeathsig=KILL',
        'ovsdb-server',
        `--remote=punix:${this.socket}`,
        `--remote=ptcp:${this.#tcpPort}:${tcpHost}`,
        ...secure,
        `--unixctl=${join(directory, 'ctl')}`,
        '--verbose=off',
        '--verbose=file:info',
        `--log-file=${join(directory, 'log')}`,
        file,
      ],
      { stdio: 'ignore' },
    );
    this.#child = started;
    await once(started, 'spawn');
    while (!existsSync(this.socket) && started.exitCode === null) await sleep(2);
    const args = ['-t', '120', '--verbose=off', 'wait', `unix:${this.socket}`, database, 'connected'];
    await run('ovsdb-client', args, { env: { ...process.env, OVS_RUNDIR: directory } });
    const log = await readFile(join(directory, 'log'), 'utf8');
    this.#tcpPort = listeningPort(log, tcpHost);
    this.#sslPort = listeningPort(log, sslHost);
  }

  /** Kills the server at once (SIGKILL). */
  async kill(): Promise<void> {
    const running = this.#child;
    this.#child = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    running.kill('SIGKILL');
    await once(running, 'exit');
  }

  /** Kills the server for good. */
  async stop(): Promise<void> {
    await this.kill();
    process.off('exit', this.#killWithUs);
  }

  /** Sends a command to the server, as ovs-appctl(8) does, and returns what it prints. */
  async control(...command: readonly string[]): Promise<string> {
    const target = join(this.#options.directory, 'ctl');
    const { stdout } = await run('ovs-appctl', ['-t', target, ...command]);
    return stdout;
  }
}

/** The server logs which port it was given at an address. */
function listeningPort(log: string, host: string): number {
  const lines = log.split('\n').filter((line) => line.includes(`:${host}: listening on port `));
  return Number(lines.at(-1)?.split(' ').at(-1) ?? 0);
}
