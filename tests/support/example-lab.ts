import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '../..');
const berthProgram = path.join(root, 'bin/berth');

/** What a run of berth left. */
export type Ran = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

/** A lab that examples are applied to one after another, seen by the test that made it alone. */
export type ExampleLab = {
  /** `bin/berth` with these words. */
  berth(...argv: readonly string[]): Ran;
  /** Lets the folder hold the YAML of an example and nothing else; nothing at all without a name. */
  show(example?: string): void;
  /** The folder that `show` fills: what `plan` and `apply` are given. */
  readonly folder: string;
  /** Runs a command in a place of the lab and gives what it printed, trimmed. */
  at(where: string, ...argv: readonly string[]): string;
  /**
   * Connects by TCP to an address and port, from one place to a server in another that listens on `listen`; gives the
   * client's address as the server saw it, or why that failed.
   */
  peerOf(connection: Connection): Promise<string>;
  down(): void;
};

export type Connection = {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly server: string;
  /** The port the server listens on; `port` when absent. */
  readonly listen?: number;
};

/** Starts a lab. It ends with `down`. */
export function exampleLab(nodes: readonly string[]): ExampleLab {
  // The path is short, as the lab's sockets need it.
  const scratch = mkdtempSync(path.join(tmpdir(), 'be-'));
  const folder = path.join(scratch, 'shown');
  const env = {
    PATH: process.env['PATH'],
    HOME: scratch,
    XDG_RUNTIME_DIR: scratch,
    XDG_STATE_HOME: scratch,
  };
  const berth: ExampleLab['berth'] = (...argv) => {
    const { status, stdout, stderr } = spawnSync(berthProgram, argv, { encoding: 'utf8', env });
    return { status, stdout, stderr };
  };
  const exec = (where: string, ...argv: readonly string[]) => ['lab', 'exec', where, '--', ...argv];
  const up = berth('lab', 'up', '--name', 'examples', '--nodes', nodes.join());
  if (up.status !== 0) throw new Error(up.stderr);
  return {
    berth,
    folder,
    show(example) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      if (example === undefined) writeFileSync(path.join(folder, 'empty.yaml'), '');
      else copyYaml(path.join(root, 'examples', example), folder);
    },
    at: (where, ...argv) => berth(...exec(where, ...argv)).stdout.trim(),
    async peerOf({ from, to, port, server, listen = port }) {
      const argv = exec(server, process.execPath, '-e', serverProgram, String(listen));
      const child = spawn(berthProgram, argv, { env, stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = new Promise((resolve) => child.on('exit', resolve));
      try {
        await new Promise((resolve) => child.stdout.once('data', resolve).once('end', resolve));
        return berth(...exec(from, process.execPath, '-e', clientProgram, to, String(port))).stdout.trim();
      } finally {
        child.kill('SIGTERM');
        await ended;
      }
    },
    down() {
      berth('lab', 'down');
      if (existsSync(scratch)) rmSync(scratch, { recursive: true, force: true });
    },
  };
}

function copyYaml(from: string, to: string): void {
  for (const name of readdirSync(from))
    if (name.endsWith('.yaml')) cpSync(path.join(from, name), path.join(to, name));
}

/** Tells each client its address and hangs up. Says when it listens. */
const serverProgram = `
require('node:net')
  .createServer((socket) => {
    socket.on('error', () => {});
    socket.end(socket.remoteAddress.replace(/^::ffff:/, '') + '\\n');
  })
  .listen(Number(process.argv[1]), '::', () => console.log('listening'));
`;

/** Prints what the server says, or how that failed. The first packets may go while OVN resolves a next hop. */
const clientProgram = `
const [, host, port] = process.argv;
const socket = require('node:net').connect({ host, port: Number(port) });
socket.setTimeout(2000, () => { console.log('timed out'); process.exit(); });
socket.on('error', (error) => console.log(error.code));
socket.pipe(process.stdout);
`;
