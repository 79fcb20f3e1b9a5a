import type { ResourceSet } from '@berth/api';
import { type Change, type Finding, sortFindings } from '@berth/core';
import type { Host } from '../host/host.ts';
import { type NodeDatabase, openNodeDatabase } from '../ovs/node-database.ts';
import { reconcileProviders } from '../provider/reconcile.ts';
import type { Uplink } from '../provider/uplink.ts';
import { applyWorkloads, type WorkloadsApplied } from '../workload/apply.ts';
import { type Attached, isAttached, listAttached } from '../workload/attached.ts';
import { mend } from '../workload/mend.ts';
import { configOf, type Workload } from '../workload/workload.ts';
import { Attempts } from './attempts.ts';
import { Awaited } from './awaited.ts';
import { workloadsOf } from './workloads.ts';

/** What a node's agent goes by. */
export type AgentInputs = {
  readonly resources: Pick<ResourceSet, 'ProviderNetwork' | 'Vlan' | 'Node' | 'IP' | 'Subnet'> &
    Partial<Pick<ResourceSet, 'Pod'>>;
  /**
   * Network namespaces (names under /run/netns) of the pods on the node, by `namespace/name`, when the agent plays
   * kubelet: pods in it are attached, all others detached. Absent: workloads are somebody else's business.
   */
  readonly netnsByPod?: ReadonlyMap<string, string>;
};

/** What one pass did and found. */
export type AgentPass = {
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
  /** What failed of removing workloads; the pass went on. Those that could not be attached are among the findings. */
  readonly faults: readonly Error[];
  /** Networks that the node leads to. */
  readonly uplinks: readonly Uplink[];
  /** Workloads of ours on the node's switch after the pass. */
  readonly attached: readonly Attached[];
  /** In how many ms another pass has something to try again; absent where none has. */
  readonly dueInMs?: number;
};

const nothingApplied: WorkloadsApplied = { changes: [], findings: [], failures: new Map(), faults: [] };

export type NodeAgentOptions = {
  readonly host: Host;
  /** Rows that carry this owner are ours. */
  readonly instance: string;
  readonly signal?: AbortSignal;
};

/** Opens the node's database and returns the node's agent. Throws `OvsdbFault`. */
export async function nodeAgent({ host, instance, signal }: NodeAgentOptions): Promise<NodeAgent> {
  const db = await openNodeDatabase(host.ovsRemote, signal ? { signal } : {});
  return new NodeAgent(host, db, instance);
}

/**
 * Keeps one node as its inputs say: provider bridges, then workloads. What is to be done is told by the node's database and the kernel;
 * between passes it remembers only whom it waits for, and since when. A pass that has nothing to do writes nothing and, unless a
 * NIC is being refused, runs no program.
 */
export class NodeAgent implements AsyncDisposable {
  readonly #host: Host;
  readonly #db: NodeDatabase;
  readonly #instance: string;
  readonly #attempts: Attempts;
  readonly #awaited: Awaited;
  #last: Promise<unknown> = Promise.resolve();

  constructor(host: Host, db: NodeDatabase, instance: string) {
    this.#host = host;
    this.#db = db;
    this.#instance = instance;
    this.#attempts = new Attempts(host.node);
    this.#awaited = new Awaited(host.node);
  }

  get node(): string {
    return this.#host.node;
  }

  /** Makes the node as the inputs say. Passes run one after the other. Throws `HostFault`, `OvsdbFault`, `NodeFault`. */
  reconcile(inputs: AgentInputs): Promise<AgentPass> {
    return this.#next(() => this.#pass(inputs));
  }

  /** Does something once everything before it is done, however that ended. */
  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work, work);
    this.#last = done;
    return done;
  }

  /**
   * Looks into the pods that are attached as the inputs say, and gives them back the addresses and routes that they lack; see `mend`. Gives those that got
   * something back. Throws `HostFault` once all had their turn.
   */
  mend({ resources, netnsByPod = new Map() }: AgentInputs): Promise<readonly string[]> {
    const turn = async (): Promise<readonly string[]> => {
      const mended: string[] = [];
      const faults: unknown[] = [];
      for (const workload of this.#wanted(resources, netnsByPod)) {
        if (!isAttached(this.#attached(), workload)) continue;
        try {
          const commands = await mend(this.#host, workload, configOf(workload));
          if (commands.length > 0) mended.push(`pod/${workload.namespace}/${workload.name}`);
        } catch (fault) {
          faults.push(fault);
        }
      }
      const [fault] = faults;
      if (fault) throw fault;
      return mended;
    };
    return this.#next(turn);
  }

  /** Calls back when the node's database changed, so that another pass may have something to do. */
  subscribe(listener: () => void): () => void {
    return this.#db.subscribe(listener);
  }

  /** The workloads of ours on the node's switch now. */
  get attached(): readonly Attached[] {
    return this.#attached();
  }

  /**
   * Waits until OVN forwards the packets of every workload that was attached on our behalf, and for none longer than `patienceMs` from when it
   * was first on the switch. Resolves with what is told of those for which that was not enough.
   */
  async installed(patienceMs: number, signal?: AbortSignal): Promise<readonly Finding[]> {
    const isDone = (): boolean => this.#look(patienceMs) === 0;
    while (!isDone()) await this.#db.until(isDone, this.#look(patienceMs), signal);
    return this.late(patienceMs);
  }

  /** What is told of the workloads whose packets OVN does not forward though they have been on the switch for `patienceMs`. */
  late(patienceMs: number): readonly Finding[] {
    this.#look(patienceMs);
    return this.#awaited.findings(this.#attached(), patienceMs);
  }

  async close(): Promise<void> {
    await this.#db.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #pass({ resources, netnsByPod }: AgentInputs): Promise<AgentPass> {
    const providers = await reconcileProviders(this.#host, this.#db, {
      instance: this.#instance,
      networks: resources.ProviderNetwork,
      vlans: resources.Vlan,
      nodes: resources.Node,
    });
    const workloads = netnsByPod && (await this.#workloads(resources, netnsByPod));
    const { dueInMs } = this.#attempts;
    return {
      changes: [...providers.changes, ...(workloads?.changes ?? [])],
      findings: sortFindings([...providers.findings, ...(workloads?.findings ?? [])]),
      faults: workloads?.faults ?? [],
      uplinks: providers.uplinks,
      attached: this.#attached(),
      ...(dueInMs !== undefined && { dueInMs }),
    };
  }

  async #workloads(
    resources: AgentInputs['resources'],
    netnsByPod: ReadonlyMap<string, string>,
  ): Promise<Pick<AgentPass, 'changes' | 'findings' | 'faults'>> {
    const wanted = this.#wanted(resources, netnsByPod);
    const attached = this.#attached();
    const names = new Set(wanted.map(({ portName }) => portName));
    const missing = wanted.filter((workload) => !isAttached(attached, workload));
    // What a container runtime asked for is for the runtime to give back.
    const leftovers = attached.flatMap(({ portName, sandbox }) =>
      sandbox || names.has(portName) ? [] : portName,
    );
    const due = missing.filter((workload) => !this.#attempts.isHeld(workload));
    const isIdle = due.length === 0 && leftovers.length === 0;
    const applied = isIdle
      ? nothingApplied
      : await applyWorkloads(this.#host, this.#db, this.#instance, due, leftovers);
    this.#attempts.note(missing, applied.failures);
    this.#look(0);
    return {
      changes: applied.changes,
      findings: [...applied.findings, ...this.#attempts.findings],
      faults: applied.faults,
    };
  }

  #wanted(
    { IP: ips, Subnet: subnets, Pod: pods }: AgentInputs['resources'],
    netnsByPod: ReadonlyMap<string, string>,
  ): readonly Workload[] {
    return workloadsOf({ node: this.#host.node, ips, subnets, netnsByPod, pods });
  }

  /** Takes note of who waits for OVN now, and for how long the last of them may still. */
  #look(patienceMs: number): number {
    this.#awaited.note(this.#attached());
    return this.#awaited.leftMs(patienceMs);
  }

  #attached(): readonly Attached[] {
    return listAttached(this.#db.snapshot(), this.#instance);
  }
}
