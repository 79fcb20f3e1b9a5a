import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Lab } from '@berth/lab';
import { makeImage } from './image.ts';
import { machineScript, startScript } from './machine.ts';
import { kubeletPrograms } from './programs.ts';
import { managementIpOf, type Relay, relayApiServer } from './relay.ts';
import { containerdConfig, kubeletConfig, runtimeSocket } from './settings.ts';

const run = promisify(execFile);

/** The two daemons of a node of Kubernetes. */
export type NodeDaemon = 'containerd' | 'kubelet';

export type KubeletNodeOptions = {
  readonly lab: Lab;
  readonly node: string;
  /** Of a user of the group `system:nodes`. */
  readonly kubeconfig: string;
  /** The folder that has berth-cni, and the one that has the runtime's network configuration. */
  readonly binDir: string;
  readonly confDir: string;
  /** Archives of images that the runtime has, beside the one of busybox. */
  readonly images?: readonly string[];
};

/** A real kubelet with a real containerd on a node of a lab. It ends with the lab; disposing of it removes its cgroups. */
export class KubeletNode implements AsyncDisposable {
  readonly #options: KubeletNodeOptions;
  readonly #programs = kubeletPrograms();
  readonly #folder: string;
  readonly #cgroup: string;
  readonly #commands: Readonly<Record<NodeDaemon, readonly string[]>>;
  readonly #pids = new Map<NodeDaemon, string>();
  #relay: Relay | undefined;

  constructor(options: KubeletNodeOptions) {
    const { lab, node, kubeconfig } = options;
    const folder = join(lab.directory, 'kubelet');
    this.#options = options;
    this.#folder = folder;
    this.#cgroup = `berth-${lab.name}`;
    this.#commands = {
      containerd: [join(this.#programs, 'containerd'), '--config', join(folder, 'containerd.toml')],
      kubelet: [
        ...[join(this.#programs, 'kubelet'), '--config', join(folder, 'kubelet.json')],
        ...['--kubeconfig', kubeconfig, '--hostname-override', node, '--node-ip', managementIpOf(lab, node)],
      ],
    };
  }

  /** Makes the machine, starts both daemons, and resolves when the runtime has the image. */
  async start(): Promise<void> {
    const { lab, node, binDir, confDir, images = [] } = this.#options;
    await mkdir(this.#folder, { recursive: true });
    this.#relay = await relayApiServer(lab, node);
    await writeFile(join(this.#folder, 'containerd.toml'), containerdConfig({ binDir, confDir }));
    await writeFile(join(this.#folder, 'kubelet.json'), JSON.stringify(kubeletConfig));
    const busybox = await makeImage(this.#folder);
    await this.#makeMachine();
    await this.startDaemon('containerd');
    await this.startDaemon('kubelet');
    for (const archive of [busybox, ...images]) {
      await this.ctr('images', 'import', '--local', '--snapshotter', 'native', archive);
    }
  }

  /** Starts a daemon; containerd is waited for. */
  async startDaemon(name: NodeDaemon): Promise<void> {
    const log = join(this.#folder, `${name}.log`);
    const words = ['bash', '-c', startScript, name, log, ...this.#commands[name]];
    this.#pids.set(name, (await this.#inside(words)).trim());
    if (name === 'kubelet') return;
    const deadlineMs = Date.now() + 30_000;
    while (!(await this.ctr('version').catch(() => undefined))) {
      if (Date.now() > deadlineMs) throw new Error(await this.lastLines(name));
      await sleep(100);
    }
  }

  /** Ends a daemon at once, as a crash does. */
  async kill(name: NodeDaemon): Promise<void> {
    await this.#inside(['kill', '-KILL', this.#pids.get(name) ?? '']);
  }

  /** containerd's own client, in the namespace of Kubernetes. */
  ctr(...words: readonly string[]): Promise<string> {
    const client = join(this.#programs, 'ctr');
    return this.#inside([client, '--address', runtimeSocket, '--namespace', 'k8s.io', ...words]);
  }

  /** What a daemon said last. */
  async lastLines(name: NodeDaemon, count = 40): Promise<string> {
    return (await readFile(join(this.#folder, `${name}.log`), 'utf8')).split('\n').slice(-count).join('\n');
  }

  /** Call it when the lab has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#relay?.[Symbol.dispose]();
    for (const each of await readdir('/sys/fs/cgroup')) {
      const path = join('/sys/fs/cgroup', each, this.#cgroup);
      if (existsSync(path)) await removeCgroup(path);
    }
  }

  async #makeMachine(): Promise<void> {
    const pidFile = join(this.#folder, 'machine.pid');
    const words = [this.#cgroup, machineScript, pidFile];
    const program = ['unshare', '--mount', '--propagation', 'unchanged', 'bash', '-c', machineScript];
    const command = await this.#intoLab([...program, 'machine', ...words]);
    const child = spawn('nsenter', command, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    while (!existsSync(pidFile)) {
      if (child.exitCode !== null) throw new Error(`no machine for a kubelet: ${said}`);
      await sleep(20);
    }
  }

  /** Words for nsenter(1), to the lab. */
  async #intoLab(words: readonly string[]): Promise<readonly string[]> {
    const { init } = JSON.parse(await readFile(join(this.#options.lab.directory, 'lab.json'), 'utf8'));
    return ['--target', String(init.pid), '--mount', '--pid', '--wd=/', '--', ...words];
  }

  /** Runs a program on the machine, in the node's network. */
  async #inside(words: readonly string[]): Promise<string> {
    const pid = (await readFile(join(this.#folder, 'machine.pid'), 'utf8')).trim();
    const network = `--net=/run/netns/${this.#options.node}`;
    const machine = ['nsenter', '--target', pid, '--mount', '--cgroup', network, '--wd=/', '--'];
    const PATH = `${this.#programs}:${process.env['PATH']}:/usr/sbin:/sbin`;
    const command = await this.#intoLab([...machine, ...words]);
    return (await run('nsenter', command, { env: { ...process.env, PATH } })).stdout;
  }
}

/** Deepest first; what just ended leaves its cgroup a moment later. */
async function removeCgroup(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeCgroup(join(path, entry.name));
  }
  for (let tries = 0; tries < 50; tries += 1) {
    if (
      await rmdir(path).then(
        () => true,
        () => false,
      )
    )
      return;
    await sleep(20);
  }
  await rmdir(path);
}
