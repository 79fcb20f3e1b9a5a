import type { NodeOrder } from '@berth/api';
import type { AgentBoard } from '@berth/source';
import { NodeFault } from '../fault.ts';
import type { Host } from '../host/host.ts';
import { type Memory, MemoryFile } from '../order/memory.ts';
import { type NodeDatabase, openNodeDatabase } from '../ovs/node-database.ts';
import { type NodeSwitch, nodeSwitchOf } from '../ovs/node-switch.ts';
import { controllerReport } from './controller-report.ts';
import { Eyes } from './eyes.ts';
import { type Felt, Hands } from './hands.ts';
import { type ReportContent, Reporter } from './reporter.ts';
import { SwitchWriter } from './switch-writer.ts';

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
  /** How long an order must stay void before that is told: whoever leads anew gives its own in a moment; default 10000. */
  readonly voidPatienceMs?: number;
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

/** How long the first report waits for what is not known yet, so that a new process does not take back what is known. */
const firstReportMs = 2_000;

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
  readonly #eyes: Eyes;
  readonly #writer: SwitchWriter;
  readonly #endings = new DisposableStack();
  readonly #startedAtMs = performance.now();
  #hands: Hands;
  #order: NodeOrder | undefined;
  #carriedOut: NodeOrder | undefined;
  /** What is to be told of an order that is void, and since when it is there. */
  #void: { readonly fault: NodeFault; readonly sinceMs: number } | undefined;
  #ticks = 0;
  #isDue = false;
  #isClosed = false;
  #ordering: Promise<void> = Promise.resolve();

  constructor(options: SentryOptions, db: NodeDatabase, file: MemoryFile, memory: Memory) {
    const { host, instance, board, heartbeatMs = 1_000, rivalPatienceMs = 15_000, onFault } = options;
    this.#options = options;
    this.#db = db;
    this.#file = file;
    this.#order = memory.order;
    this.#carriedOut = memory.order;
    this.#hands = this.#newHands(memory);
    this.#reporter = new Reporter({
      ...options,
      node: host.node,
      rivalPatienceMs,
      onRival: (isThere) => void (isThere ? this.#letGo() : this.#takeUp()),
      onFault,
    });
    this.#eyes = new Eyes({ host, onChange: () => this.#due(), onFault });
    const wanted = () => (this.#mayAct ? this.#order?.spec.witnesses : undefined);
    this.#writer = new SwitchWriter({ db, host, instance, wanted, onFault });
    this.#endings.defer(() => this.#eyes.shut());
    this.#endings.defer(db.subscribe(() => this.#due()));
    this.#endings.use(board.watch(() => this.#read()));
    const heart = setInterval(() => this.#beat(heartbeatMs), heartbeatMs);
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
    return this.#eyes.isConnected;
  }

  /** Ends, and leaves flows, ports and orders as they are. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#endings.dispose();
    this.#letGo();
    await this.#ordering;
    await this.#writer.settled();
    await this.#reporter.close();
    await this.#eyes[Symbol.asyncDispose]();
    await this.#db.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #mayAct(): boolean {
    return !this.#isClosed && !this.#reporter.hasRival;
  }

  #newHands(memory: Memory): Hands {
    const { host, onFault } = this.#options;
    return new Hands({ host, memory, onChange: () => this.#due(), onFault });
  }

  /** Stops acting. Flows stay as they are. */
  #letGo(): void {
    this.#eyes.leaveBridge();
    this.#hands[Symbol.dispose]();
  }

  /** Acts again, from where the other agent left. */
  async #takeUp(): Promise<void> {
    const memory = await this.#file.load();
    if (this.#isClosed) return;
    this.#order = memory.order ?? this.#order;
    this.#hands = this.#newHands(memory);
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
    const { host } = this.#options;
    const known = this.#order?.spec.epoch ?? 0;
    if (order.metadata.name !== host.node) return;
    if (order.spec.epoch < known) {
      const message = `an order of epoch ${order.spec.epoch} for node ${host.node} is void: one of epoch ${known} was carried out`;
      this.#void = { fault: new NodeFault('order-behind', message), sinceMs: performance.now() };
      return;
    }
    this.#void = undefined;
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

  /** Looks whatever happens, and gives a sign of life as often as the order asks for. */
  #beat(heartbeatMs: number): void {
    this.#turn();
    this.#tellVoid();
    this.#ticks += 1;
    const every = Math.max(1, Math.round((this.#order?.spec.heartbeatMs ?? heartbeatMs) / heartbeatMs));
    if (this.#isKnown() && this.#ticks % every === 0) this.#reporter.beat();
  }

  /** Tells, once, of an order that is void and was not followed by another. */
  #tellVoid(): void {
    const { voidPatienceMs = 10_000, onFault } = this.#options;
    if (!this.#void || performance.now() - this.#void.sinceMs < voidPatienceMs) return;
    onFault(this.#void.fault);
    this.#void = undefined;
  }

  /** Looks at everything and does what is due. */
  #turn(): void {
    const nodeSwitch = nodeSwitchOf(this.#db.snapshot());
    if (!this.#mayAct || !nodeSwitch) return;
    this.#eyes.follow(nodeSwitch, this.#hands.reach(nodeSwitch));
    const felt = this.#hands.carryOut(nodeSwitch, this.#order?.spec, this.#eyes);
    this.#writer.write();
    if (this.#order && this.#order !== this.#carriedOut) {
      this.#carriedOut = this.#order;
      this.#options.onOrder?.(this.#order);
    }
    this.#remember();
    if (this.#isKnown()) this.#reporter.tell(this.#content(nodeSwitch, felt));
  }

  #remember(): void {
    const memory: Memory = {
      version: 1,
      ...(this.#carriedOut && { order: this.#carriedOut }),
      ...this.#hands.memory,
    };
    this.#file.keep(memory).catch(this.#options.onFault);
  }

  /** Everything that a report tells has been looked at, or was waited for long enough. */
  #isKnown(): boolean {
    const isAllKnown = this.#eyes.controller && this.#eyes.flows && this.#hands.areUplinksKnown;
    return Boolean(isAllKnown) || performance.now() - this.#startedAtMs > firstReportMs;
  }

  #content({ systemId, tunnels }: NodeSwitch, felt: Felt): ReportContent {
    const ready = this.#options.isReady?.();
    const { controller, flows } = this.#eyes;
    const heartbeatMs = this.#order?.spec.heartbeatMs;
    return {
      ...(heartbeatMs !== undefined && { heartbeatMs }),
      ...(systemId !== undefined && { chassis: systemId }),
      ...(ready !== undefined && { ready }),
      ...(controller && flows && { ovnController: controllerReport(controller, flows) }),
      ...felt,
      tunnels,
      ...(this.#carriedOut && {
        orderEpoch: this.#carriedOut.spec.epoch,
        orderRevision: this.#carriedOut.spec.revision,
      }),
      fenced: this.#hands.fenced.map(({ mac }) => mac),
    };
  }
}
