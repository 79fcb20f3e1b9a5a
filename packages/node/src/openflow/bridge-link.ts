import { dialBridge, type OpenFlowConnection } from './connection.ts';
import { flowChanges, ours } from './flow.ts';
import type { Flow, Outputs, PacketIn } from './message.ts';

export type BridgeLinkOptions = {
  /** The bridge's management socket. */
  readonly path: string;
  readonly onPacket: (packet: PacketIn) => void;
  readonly onFault: (fault: unknown) => void;
  /** How often it is looked whether our flows are still there; default 1000. */
  readonly checkMs?: number;
  /** How long the bridge may not answer before that is told; default 5000. */
  readonly quietMs?: number;
};

/** Pause before dialling again. ovs-vswitchd is back within a second when it was restarted. */
const redialMs = 300;

/** A bridge is in the database before ovs-vswitchd has made its socket, by seconds on a busy machine. */
const usualQuietMs = 5_000;

/**
 * A bridge under our flows: it has exactly the flows of ours that are wanted, and has them again when somebody wiped
 * them or the switch was restarted. Flows of others are not looked at. Disposing of it leaves the flows where they are,
 * so that an agent that restarts changes nothing.
 */
export class BridgeLink implements Disposable {
  readonly #options: BridgeLinkOptions;
  readonly #stop = new AbortController();
  #wanted: readonly Flow[] | undefined;
  #connection: OpenFlowConnection | undefined;
  #isSilent = false;
  #check: NodeJS.Timeout | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: BridgeLinkOptions) {
    this.#options = options;
    void this.#run();
  }

  /** The present connection; undefined while there is none. */
  get connection(): OpenFlowConnection | undefined {
    return this.#connection?.isOpen ? this.#connection : undefined;
  }

  /** Whether there is no connection because the switch, which is there, gave no answer: it is busy, or hangs. */
  get isSilent(): boolean {
    return this.connection === undefined && (this.#isSilent || this.#connection?.isSilent === true);
  }

  /** From now on these are the flows of ours. Before the first call none is touched. */
  want(flows: readonly Flow[]): void {
    const before = new Set(this.#wanted?.map(({ cookie }) => cookie));
    const isSame = this.#wanted?.length === flows.length && flows.every(({ cookie }) => before.has(cookie));
    this.#wanted = flows;
    if (!isSame) this.#keep();
  }

  /** Sends a frame as if it had come in by a port; says whether there was a connection to send it by. */
  packetOut(frame: Uint8Array, inPort: number, outputs: Outputs): boolean {
    const { connection } = this;
    connection?.packetOut(frame, inPort, outputs);
    return connection !== undefined;
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
    clearInterval(this.#check);
    this.#connection?.[Symbol.dispose]();
  }

  async #run(): Promise<void> {
    const { path, onPacket, onFault, checkMs = 1_000, quietMs = usualQuietMs } = this.#options;
    this.#check = setInterval(() => this.#keep(), checkMs);
    let silentSinceMs = performance.now();
    while (!this.#stop.signal.aborted) {
      using connection = dialBridge(path, onPacket);
      try {
        await connection.open();
        this.#connection = connection;
        if (this.#stop.signal.aborted) break;
        this.#keep();
        await connection.ended;
        silentSinceMs = performance.now();
      } catch (fault) {
        const hasLasted = performance.now() - silentSinceMs >= quietMs;
        if (hasLasted && !this.#stop.signal.aborted) onFault(fault);
      }
      this.#isSilent = connection.isSilent;
      this.#connection = undefined;
      if (!this.#stop.signal.aborted) await new Promise((resolve) => setTimeout(resolve, redialMs));
    }
  }

  /** Makes the flows be the wanted ones, after what is being done about them. */
  #keep(): void {
    const next = this.#turn.then(async () => {
      const { connection } = this;
      const wanted = this.#wanted;
      if (!connection || !wanted) return;
      const { added, removed } = flowChanges(wanted, await connection.flows(ours.cookie, ours.mask));
      if (added.length > 0 || removed.length > 0) await connection.change(added, removed);
    });
    this.#turn = next.catch((fault) => {
      if (!this.#stop.signal.aborted && this.connection) this.#options.onFault(fault);
    });
  }
}
