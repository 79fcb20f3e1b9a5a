import type { NodeOrder } from '@berth/api';
import type { Operation } from '@berth/ovsdb/value';
import type { AgentBoard } from '@berth/source';
import { NodeFault } from '../fault.ts';
import type { Host } from '../host/host.ts';
import { Addresses } from '../order/addresses.ts';
import { fencesNow, type OrderedFence } from '../order/fence.ts';
import { fenceFlows } from '../order/fence-flows.ts';
import { type Memory, MemoryFile } from '../order/memory.ts';
import { Southbound } from '../order/southbound.ts';
import { exposedWitnesses, witnessOperations } from '../order/witness.ts';
import { FlowsWatch } from '../ovs/flows-watch.ts';
import { type NodeDatabase, openNodeDatabase } from '../ovs/node-database.ts';
import { type NodeSwitch, nodeSwitchOf } from '../ovs/node-switch.ts';
import { type ControllerState, watchController } from '../ovs/ovn-controller.ts';
import { idOf, rootOf } from '../ovs/row.ts';
import { AddressChecks } from '../uplink/address-checks.ts';
import { Uplinks } from '../uplink/uplinks.ts';
import { ask } from '../uplink/way.ts';
import { Bridges } from './bridges.ts';
import { type ReportContent, Reporter } from './reporter.ts';

export type SentryOptions = {
  readonly host: Host;
  /** Owner of what is made. */
  readonly instance: string;
  readonly board: AgentBoard;
  /** File of what is remembered from one process to the next. */
  readonly memoryFile: string;
  /** Names this process: made anew for each. */
  readonly agent: string;
  /** The node's time, RFC 3339. */
  readonly now: () => string;
  /** The kubelet's word on the node, where somebody here knows it. */
  readonly isReady?: () => boolean | undefined;
  readonly onFault: (fault: unknown) => void;
  /** Called after an order was carried out. */
  readonly onOrder?: (order: NodeOrder) => void;
  /** How often it is looked, and a sign of life is given unless the order asks for fewer; default 1000. */
  readonly heartbeatMs?: number;
  /** How long another agent must be silent before this one takes the node again; default 15000. */
  readonly rivalPatienceMs?: number;
  readonly signal?: AbortSignal;
};

/** Opens the node's database, remembers, and begins. Throws `OvsdbFault`. */
export async function nodeSentry(options: SentryOptions): Promise<Sentry> {
  const { host, memoryFile, signal } = options;
  const file = new MemoryFile(memoryFile);
  const memory = await file.load();
  const db = await openNodeDatabase(host.ovsRemote, signal ? { signal } : {});
  return new Sentry(options, db, file, memory);
}

/** How often ovn-controller and its flows are looked at. */
const lookMs = 500;

/** How long the first report waits for what is not known yet, so that a new process does not take back what is known. */
const firstReportMs = 2_000;

/** The key and the value that keep ovn-controller from clearing the flows of its predecessor before it has its own. */
const waitBeforeClear = ['ovn-ofctrl-wait-before-clear', '2000'] as const;

/**
 * Watches a node's uplinks, ovn-controller and tunnels, tells of them, and carries out the node's order. It only ever
 * acts on what it sees now and on the last order: when the board cannot be reached it keeps that order, when SB cannot
 * be reached it takes its last word for true, and goes on probing and reporting; nothing is taken back, raised or lifted
 * on that account. Ending it leaves everything as it is.
 */
export class Sentry implements AsyncDisposable {
  readonly #options: SentryOptions;
  readonly #db: NodeDatabase;
  readonly #file: MemoryFile;
  readonly #reporter: Reporter;
  readonly #endings = new DisposableStack();
  readonly #startedAtMs = performance.now();
  #bridges: Bridges;
  #uplinks: Uplinks;
  #addresses: Addresses;
  #checks: AddressChecks;
  #flows: FlowsWatch | undefined;
  #southbound: Southbound | undefined;
  /** The chassis and the remotes that it is of. */
  #southboundPlace = '';
  #controller: ControllerState | undefined;
  #fenced: readonly OrderedFence[];
  #order: NodeOrder | undefined;
  #carriedOut: NodeOrder | undefined;
  #ticks = 0;
  #isDue = false;
  #isClosed = false;
  #writing: Promise<void> = Promise.resolve();
  #ordering: Promise<void> = Promise.resolve();

  constructor(options: SentryOptions, db: NodeDatabase, file: MemoryFile, memory: Memory) {
    const { host, board, heartbeatMs = 1_000, rivalPatienceMs = 15_000, onFault } = options;
    this.#options = options;
    this.#db = db;
    this.#file = file;
    this.#order = memory.order;
    this.#carriedOut = memory.order;
    this.#fenced = memory.fenced;
    ({
      bridges: this.#bridges,
      uplinks: this.#uplinks,
      addresses: this.#addresses,
      checks: this.#checks,
    } = this.#hands(memory.held));
    this.#reporter = new Reporter({
      ...options,
      node: host.node,
      rivalPatienceMs,
      onRival: (isThere) => void (isThere ? this.#letGo() : this.#takeUp()),
      onFault,
    });
    this.#endings.use(
      watchController({
        rundir: host.ovnRundir,
        intervalMs: lookMs,
        onChange: (state) => {
          if (this.#controller?.running === false && state.running) this.#flows?.controllerStarted();
          this.#controller = state;
          this.#due();
        },
      }),
    );
    this.#endings.defer(db.subscribe(() => this.#due()));
    this.#endings.use(board.watch(() => this.#read()));
    const heart = setInterval(() => {
      this.#turn();
      this.#ticks += 1;
      const every = Math.max(1, Math.round((this.#order?.spec.heartbeatMs ?? heartbeatMs) / heartbeatMs));
      if (this.#isKnown() && this.#ticks % every === 0) this.#reporter.beat();
    }, heartbeatMs);
    this.#endings.defer(() => clearInterval(heart));
    this.#read();
    this.#due();
  }

  /** Another agent has the node; this one does nothing until that one is silent. */
  get hasRival(): boolean {
    return this.#reporter.hasRival;
  }

  /** Whether SB can be reached. */
  get isConnected(): boolean {
    return this.#southbound?.isConnected ?? false;
  }

  /** Ends, and leaves flows, ports and orders as they are. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#endings.dispose();
    this.#letGo();
    await this.#ordering;
    await this.#writing;
    await this.#reporter.close();
    await this.#southbound?.[Symbol.asyncDispose]();
    await this.#db.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** What acts on the node's bridges. */
  #hands(held: Memory['held']) {
    const { host, onFault } = this.#options;
    const bridges = new Bridges({
      host,
      onPacket: (bridge, packet) => {
        this.#uplinks.hear(bridge, packet);
        this.#checks.hear(bridge, packet);
      },
      onFault,
    });
    const onChange = () => this.#due();
    const uplinks = new Uplinks({ node: host.node, bridges, onChange, chance: Math.random });
    const addresses = new Addresses({ bridges, rundir: host.ovsRundir, held, onFault });
    const checks = new AddressChecks({
      node: host.node,
      send: (network, frames) => ask(uplinks.wayTo(network) ?? {}, frames),
      onChange,
      nowMs: () => performance.now(),
    });
    return { bridges, uplinks, addresses, checks };
  }

  /** Stops acting. Flows stay as they are. */
  #letGo(): void {
    this.#flows?.[Symbol.dispose]();
    this.#flows = undefined;
    this.#uplinks[Symbol.dispose]();
    this.#addresses[Symbol.dispose]();
    this.#checks[Symbol.dispose]();
    this.#bridges[Symbol.dispose]();
  }

  /** Acts again, from where the other agent left. */
  async #takeUp(): Promise<void> {
    const { held, order, fenced } = await this.#file.load();
    if (this.#isClosed) return;
    this.#order = order ?? this.#order;
    this.#fenced = fenced;
    ({
      bridges: this.#bridges,
      uplinks: this.#uplinks,
      addresses: this.#addresses,
      checks: this.#checks,
    } = this.#hands(held));
    this.#read();
    this.#due();
  }

  /** Reads the order. That there is none, or that it cannot be read, leaves the last one in force. */
  #read(): void {
    this.#ordering = this.#ordering.then(async () => {
      try {
        const order = await this.#options.board.order();
        if (order && !this.#isClosed) this.#adopt(order);
      } catch (fault) {
        this.#options.onFault(fault);
      }
    });
  }

  #adopt(order: NodeOrder): void {
    const { host, onFault } = this.#options;
    const known = this.#order?.spec.epoch ?? 0;
    if (order.metadata.name !== host.node) return;
    if (order.spec.epoch < known) {
      const message = `an order of epoch ${order.spec.epoch} for node ${host.node} is void: one of epoch ${known} was carried out`;
      onFault(new NodeFault('order-behind', message));
      return;
    }
    this.#order = order;
    this.#due();
  }

  /** Asks for a turn, one for everything that happens meanwhile. */
  #due(): void {
    if (this.#isDue || this.#isClosed) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#turn();
    });
  }

  /** Looks at everything and does what is due. */
  #turn(): void {
    const nodeSwitch = nodeSwitchOf(this.#db.snapshot());
    if (this.#isClosed || !nodeSwitch) return;
    if (this.#reporter.hasRival) return;
    const { onOrder } = this.#options;
    this.#look(nodeSwitch);
    const spec = this.#order?.spec;
    const uplinks = this.#uplinks.follow(nodeSwitch.providers, spec?.probes ?? [], performance.now());
    const checked = this.#checks.follow(nodeSwitch.providers, spec?.checks ?? []);
    this.#addresses.follow(nodeSwitch, spec?.addresses ?? [], this.#southbound?.claims);
    if (this.#controller) this.#fence(nodeSwitch, this.#controller);
    this.#write();
    if (this.#order && this.#order !== this.#carriedOut) {
      this.#carriedOut = this.#order;
      onOrder?.(this.#order);
    }
    this.#remember();
    if (this.#isKnown()) this.#reporter.tell(this.#content(nodeSwitch, { uplinks, checked }));
  }

  /** Has its eyes on what the node's database names. */
  #look(nodeSwitch: NodeSwitch): void {
    const { host, onFault } = this.#options;
    const { systemId, southbound, integration } = nodeSwitch;
    const onChange = () => this.#due();
    this.#bridges.follow(nodeSwitch);
    const link = this.#bridges.get(integration);
    if (link) this.#flows ??= new FlowsWatch({ link, intervalMs: lookMs, onChange });
    const place = [systemId, ...southbound].join();
    if (systemId === undefined || southbound.length === 0 || place === this.#southboundPlace) return;
    const before = this.#southbound;
    this.#southboundPlace = place;
    this.#southbound = new Southbound({ host, systemId, remotes: southbound, onChange, onFault });
    before?.[Symbol.asyncDispose]().catch(onFault);
  }

  #fence({ providers }: NodeSwitch, controller: ControllerState): void {
    this.#fenced = fencesNow({
      fenced: this.#fenced,
      ordered: this.#order?.spec.fences ?? [],
      held: this.#southbound?.hasLeft ? [] : this.#addresses.held,
      controller,
      areFlowsFresh: this.#flows?.state?.areFresh ?? false,
    });
    for (const provider of providers.values()) {
      const answers = this.#uplinks.flows(provider, this.#checks.asks(provider.network));
      const flows = [...answers, ...fenceFlows(provider, this.#fenced)];
      this.#bridges.get(provider.bridge)?.want(flows);
    }
  }

  /** Witness ports, and the setting of ovn-controller that the user left open. One transaction at a time. */
  #write(): void {
    const { host, instance, onFault } = this.#options;
    this.#writing = this.#writing.then(async () => {
      if (this.#isClosed || this.#reporter.hasRival || !this.#order) return;
      try {
        const ports = this.#order.spec.witnesses.map(({ port }) => port);
        const snapshot = this.#db.snapshot();
        await this.#db.transact([
          ...waitOperations(this.#db),
          ...witnessOperations(snapshot, instance, ports),
        ]);
        for (const name of exposedWitnesses(this.#db.snapshot(), instance)) {
          await host.run(['ip', 'link', 'set', 'dev', name, 'down']);
        }
      } catch (fault) {
        onFault(fault);
      }
    });
  }

  #remember(): void {
    const memory: Memory = {
      version: 1,
      ...(this.#carriedOut && { order: this.#carriedOut }),
      held: [...this.#addresses.held],
      fenced: [...this.#fenced],
    };
    this.#file.keep(memory).catch(this.#options.onFault);
  }

  /** Everything that a report tells has been looked at, or was waited for long enough. */
  #isKnown(): boolean {
    const isAllKnown = this.#controller && this.#flows?.state && this.#uplinks.areKnown;
    return Boolean(isAllKnown) || performance.now() - this.#startedAtMs > firstReportMs;
  }

  #content(
    { systemId, tunnels }: NodeSwitch,
    seen: Required<Pick<ReportContent, 'uplinks' | 'checked'>>,
  ): ReportContent {
    const ready = this.#options.isReady?.();
    const flows = this.#flows?.state;
    const heartbeatMs = this.#order?.spec.heartbeatMs;
    return {
      ...(heartbeatMs !== undefined && { heartbeatMs }),
      ...(systemId !== undefined && { chassis: systemId }),
      ...(ready !== undefined && { ready }),
      ...(this.#controller &&
        flows && { ovnController: { ...this.#controller, flowsInstalled: flows.areInstalled } }),
      ...seen,
      tunnels,
      ...(this.#carriedOut && {
        orderEpoch: this.#carriedOut.spec.epoch,
        orderRevision: this.#carriedOut.spec.revision,
      }),
      fenced: this.#fenced.map(({ mac }) => mac),
    };
  }
}

function waitOperations(db: NodeDatabase): readonly Operation[] {
  const root = rootOf(db.snapshot());
  if (!root || idOf(root, waitBeforeClear[0]) !== undefined) return [];
  return [
    {
      op: 'mutate',
      table: 'Open_vSwitch',
      where: [['_uuid', '==', root._uuid]],
      mutations: [['external_ids', 'insert', new Map([waitBeforeClear])]],
    },
  ];
}
