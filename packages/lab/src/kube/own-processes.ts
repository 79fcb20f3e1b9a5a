import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type KubeLauncher,
  type KubeOptions,
  type KubeProcess,
  type KubeServer,
  startKubeServer,
} from './kube-server.ts';

/** A control plane that ends with this process, in a temporary folder that is removed with it. */
export type OwnKubeServer = AsyncDisposable & KubeServer;

/** Starts a control plane for a test. It dies with the thread that started it, however that ends. */
export async function startOwnKubeServer(options: Omit<KubeOptions, 'folder'>): Promise<OwnKubeServer> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-kube-'));
  const processes = new OwnProcesses();
  const dispose = async (): Promise<void> => {
    await processes.end();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const server = await startKubeServer({ ...options, folder }, processes);
    return { ...server, [Symbol.asyncDispose]: dispose };
  } catch (fault) {
    await dispose();
    throw fault;
  }
}

/** Processes that the kernel kills when their parent ends. */
class OwnProcesses implements KubeLauncher {
  readonly #children = new Map<KubeProcess, ChildProcess>();
  readonly #killWithUs = (): void => {
    for (const child of this.#children.values()) child.kill('SIGKILL');
  };

  constructor() {
    process.on('exit', this.#killWithUs);
  }

  async start(name: KubeProcess, command: readonly string[], log: string): Promise<void> {
    const out = openSync(log, 'a', 0o600);
    try {
      const child = spawn('setpriv', ['--pdeathsig=KILL', ...command], { stdio: ['ignore', out, out] });
      this.#children.set(name, child);
      await once(child, 'spawn');
    } finally {
      closeSync(out);
    }
  }

  async kill(name: KubeProcess): Promise<void> {
    const child = this.#children.get(name);
    this.#children.delete(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async end(): Promise<void> {
    await this.kill('kube-apiserver');
    await this.kill('etcd');
    process.off('exit', this.#killWithUs);
  }
}
