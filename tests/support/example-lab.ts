import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Lab, labUp, type TcpOptions, tcpEcho } from '@berth/lab';
import { programFile } from './programs.ts';

const root = path.join(import.meta.dirname, '../..');
const berthProgram = programFile('berth');

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
  at(where: string, ...argv: readonly string[]): Promise<string>;
  /** The address of a TCP client as its server saw it, or why that failed. */
  peerOf(connection: Omit<TcpOptions, 'bytes'>): Promise<string>;
  down(): Promise<void>;
};

/** Starts a lab. It ends with `down`. */
export async function exampleLab(nodes: readonly string[]): Promise<ExampleLab> {
  // The path is short, as the lab's sockets need it.
  const scratch = mkdtempSync(path.join(tmpdir(), 'be-'));
  const folder = path.join(scratch, 'shown');
  const env = {
    PATH: process.env['PATH'],
    HOME: scratch,
    XDG_RUNTIME_DIR: scratch,
    XDG_STATE_HOME: scratch,
  };
  const lab = await labIn(scratch, nodes);
  return {
    berth: (...argv) => {
      const { status, stdout, stderr } = spawnSync(berthProgram, argv, { encoding: 'utf8', env });
      return { status, stdout, stderr };
    },
    folder,
    show(example) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      if (example === undefined) writeFileSync(path.join(folder, 'empty.yaml'), '');
      else copyYaml(path.join(root, 'examples', example), folder);
    },
    at: async (where, ...argv) => (await lab.exec(where, argv)).stdout.trim(),
    async peerOf(connection) {
      const result = await tcpEcho(lab, { timeoutMs: 30_000, ...connection, bytes: 1 });
      return result.kind === 'echoed' ? result.peer : result.reason;
    },
    async down() {
      await lab.down();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** A lab that is registered in `scratch` and ends with this process. */
async function labIn(scratch: string, nodes: readonly string[]): Promise<Lab> {
  const previous = process.env['XDG_RUNTIME_DIR'];
  process.env['XDG_RUNTIME_DIR'] = scratch;
  try {
    return await labUp({ name: 'examples', nodes, attached: true });
  } finally {
    if (previous === undefined) delete process.env['XDG_RUNTIME_DIR'];
    else process.env['XDG_RUNTIME_DIR'] = previous;
  }
}

function copyYaml(from: string, to: string): void {
  for (const name of readdirSync(from))
    if (name.endsWith('.yaml')) cpSync(path.join(from, name), path.join(to, name));
}
