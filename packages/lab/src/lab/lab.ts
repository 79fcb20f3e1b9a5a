import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { type Failure, formatFailure } from '@berth/core';
import { type Host, HostFault } from '@berth/node';
import type { DaemonAt } from '../failure/effect.ts';
import { fail, heal, nodesOf } from '../failure/inject.ts';
import { LabFault } from '../fault.ts';
import { type LabKube, readLabKube } from '../kube/lab-kube.ts';
import { type LabEntry, readEntry, removeIfUnused, removeWhenUnused, writeRun } from '../registry/entry.ts';
import { readInForce } from '../registry/in-force.ts';
import { isAlive } from '../registry/process.ts';
import { quickAddresses } from '../script/fabric.ts';
import { command } from '../script/quote.ts';
import { type Captured, captureInside } from './capture.ts';
import { type Entrance, endInside, signalExit, spawnInherited, spawnPiped } from './enter.ts';
import { checkPodName } from './names.ts';
import { type Outside, outsideOf } from './outside.ts';
import type { LabPlan } from './plan.ts';
import { runScript } from './script-run.ts';
import { type LabStatus, statusOf } from './status.ts';
import {
  environmentOf,
  localRemotes,
  netnsOf,
  type Place,
  placeOf,
  podNamespaces,
  podNetns,
} from './where.ts';

export type ExecOptions = {
  /** `capture` (default) collects what the program prints; `inherit` gives it this process's terminal. */
  readonly stdio?: 'capture' | 'inherit';
  /** Standard input of a captured program. */
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
};

/**
 * A living lab. It belongs to no process: any number of them may hold one. Disposing of it takes it down.
 */
export class Lab {
  readonly #entry: LabEntry;
  readonly #entrance: Entrance;
  /** Clients and upstream router on the external wires. */
  readonly outside: Outside;

  constructor(entry: LabEntry) {
    this.#entry = entry;
    this.#entrance = { init: entry.init, rootless: entry.plan.rootless };
    this.outside = outsideOf(entry.plan, this.#entrance);
  }

  get name(): string {
    return this.#entry.plan.name;
  }

  /** Nodes, wires and addresses. */
  get plan(): LabPlan {
    return this.#entry.plan;
  }

  /** The registry directory. Other processes' files about this lab may live here; it goes away with the lab. */
  get directory(): string {
    return this.#entry.plan.directory;
  }

  get nodeNames(): string[] {
    return this.#entry.plan.nodes.map((node) => node.name);
  }

  /** NB as ovn-nbctl(8) takes it, usable from anywhere on this machine; several remotes with commas when clustered. */
  get nbRemote(): string {
    return localRemotes(this.plan)[0];
  }

  /** SB likewise. */
  get sbRemote(): string {
    return localRemotes(this.plan)[1];
  }

  /** The lab's API server; undefined when it was started without one. */
  get kube(): LabKube | undefined {
    return readLabKube(this.directory);
  }

  isRunning(): boolean {
    return isAlive(this.#entry.init);
  }

  async status(): Promise<LabStatus> {
    const inForce = readInForce(this.directory);
    return statusOf(
      this.#entry,
      inForce.map(({ failure }) => ({ text: formatFailure(failure), nodes: nodesOf(failure) })),
    );
  }

  /** Ends everything the lab is and removes its directory. Taking down a lab that has ended only removes what it left. */
  async down(): Promise<void> {
    if (!this.isRunning()) {
      if (readEntry(this.directory) === undefined) removeIfUnused(this.directory);
      return;
    }
    process.kill(this.#entry.init.pid, 'SIGKILL');
    if (!(await removeWhenUnused(this.directory, 60_000))) {
      throw new LabFault(
        'lab-timed-out',
        `lab ${this.name} did not end within 60 s`,
        'look for its processes with ps',
      );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
  }

  /**
   * Runs a program at a node, `central`, `outside`, or a pod (`ns/name` or its network namespace), with the environment
   * that makes `ovn-nbctl`, `ovn-sbctl`, `ovs-vsctl`, `ovs-appctl` and `ovn-appctl` just work there. It ends with this
   * process. An unknown place is `lab-usage`; the program's own exit code is data.
   */
  async exec(where: string, argv: readonly string[], options: ExecOptions = {}): Promise<Captured> {
    const place = this.#place(where);
    const environment = environmentOf(this.plan, place);
    const netns = netnsOf(place);
    if (options.stdio === 'inherit') return inherit(this.#entrance, netns, argv, environment, options.signal);
    return captureInside(this.#entrance, netns, argv, { ...options, environment });
  }

  /** Starts a program as {@link Lab.exec} does, with pipes, for callers that follow what it prints. */
  spawn(where: string, argv: readonly string[]): ChildProcessWithoutNullStreams {
    const place = this.#place(where);
    return spawnPiped(this.#entrance, netnsOf(place), argv, environmentOf(this.plan, place));
  }

  /** The node as its agent sees it. An unknown node is `lab-usage`. */
  host(node: string): Host {
    const place = this.#place(node);
    const environment = environmentOf(this.plan, place);
    const entrance = this.#entrance;
    const home = join(this.directory, 'nodes', node);
    return {
      node,
      ovsRemote: `unix:${join(home, 'db.sock')}`,
      ovsRundir: home,
      ovnRundir: home,
      southbound: { remotes: this.sbRemote.split(',') },
      async run(argv, { netns } = {}) {
        const result = await captureInside(entrance, netns ?? netnsOf(place), argv, { environment });
        if (result.exitCode !== 0) throw new HostFault(node, argv, result.exitCode, result.stderr);
        return result.stdout;
      },
    };
  }

  /** Makes a pod's network namespace, with nothing but `lo` in it, and gives its name. An existing one is kept. */
  async createPod(pod: { readonly namespace: string; readonly name: string }): Promise<string> {
    checkPodName(pod.namespace, pod.name);
    const netns = podNetns(pod.namespace, pod.name);
    const lines = [
      `[ -e ${command(`/run/netns/${netns}`)} ] && exit 0`,
      command('ip', 'netns', 'add', netns),
      command('in_netns', netns, 'sysctl', '-qw', ...quickAddresses),
      command('ip', '-n', netns, 'link', 'set', 'lo', 'up'),
    ];
    await runScript(this.#entrance, this.directory, `pod ${pod.namespace}/${pod.name}`, lines.join('\n'));
    return netns;
  }

  /** Removes a pod's network namespace with every NIC in it. A missing one is fine. */
  async deletePod(pod: { readonly namespace: string; readonly name: string }): Promise<void> {
    const netns = podNetns(pod.namespace, pod.name);
    const lines = [
      `[ -e ${command(`/run/netns/${netns}`)} ] || exit 0`,
      command('ip', 'netns', 'delete', netns),
      `rm -f ${command(join(this.directory, 'pods', netns))}.*`,
    ];
    await runScript(this.#entrance, this.directory, `pod ${pod.namespace}/${pod.name}`, lines.join('\n'));
  }

  /** The pods there are, as `NAMESPACE/NAME`, with their network namespaces. */
  get podNetnses(): string[] {
    return podNamespaces(this.#entry.init.pid);
  }

  /**
   * Breaks all of these at once, within about 100 ms, and records them for every process to see. What is broken already
   * stays so. Names of nothing are `lab-usage`.
   */
  async fail(failures: readonly Failure[]): Promise<void> {
    await fail(this.plan, this.#entrance, this.podNetnses, failures);
  }

  /**
   * Undoes these failures, or everything that was ever done to the lab. Daemons run again when it resolves; gives those
   * that no failure had ended, such as one that was killed by hand.
   */
  async heal(failures?: readonly Failure[]): Promise<readonly DaemonAt[]> {
    return await heal(this.plan, this.#entrance, this.podNetnses, failures);
  }

  /** The failures in force, also those that only the controller and agents act on (`notready`, `agent`). */
  failures(): Failure[] {
    return readInForce(this.directory).map(({ failure }) => failure);
  }

  /** Records the process that runs the controller on this lab, for `berth-controller` failures. */
  registerRun(pid: number = process.pid): void {
    writeRun(this.directory, pid);
  }

  #place(where: string): Place {
    return placeOf(this.plan, where, this.podNetnses);
  }
}

function inherit(
  entrance: Entrance,
  netns: string | undefined,
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<Captured> {
  const { promise, resolve, reject } = Promise.withResolvers<Captured>();
  const child = spawnInherited(entrance, netns, argv, environment);
  const abort = () => endInside(child);
  signal?.addEventListener('abort', abort);
  child.on('error', reject);
  child.on('exit', (code, ended) => {
    signal?.removeEventListener('abort', abort);
    resolve({ exitCode: code ?? signalExit(ended), stdout: '', stderr: '' });
  });
  return promise;
}
