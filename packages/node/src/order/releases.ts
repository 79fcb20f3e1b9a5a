import type { Mac } from '@berth/net';
import { NodeFault } from '../fault.ts';
import type { OpenFlowConnection } from '../openflow/connection.ts';
import { dialDaemon } from '../ovs/unixctl.ts';
import type { GatewayPorts } from './southbound.ts';

/** The table of the integration bridge where routers admit packets for their own MAC addresses (ovn-northd(8), Router Ingress Table 0). */
const admissionTable = 8;

/** How long ovn-controller has to let go by itself, and how long it is waited before it is looked again. */
const settleMs = 1_000;

export type ReleasesOptions = {
  /** Where ovn-controller has its control socket. */
  readonly rundir: string;
  /** The gateway ports that the agent before this one knew here. */
  readonly held: GatewayPorts;
  readonly onFault: (fault: unknown) => void;
  /** Default 1000. */
  readonly settleMs?: number;
};

/** What is seen of the node while gateway ports come and go. */
export type ReleasesView = {
  /** The gateway ports that SB gives to this node; undefined while it says nothing. */
  readonly gateways: GatewayPorts | undefined;
  /** ovn-controller follows SB, and the flows on the switch are its own. */
  readonly isFollowed: boolean;
  /** The integration bridge. */
  readonly flows: Pick<OpenFlowConnection, 'flowCount'> | undefined;
};

/**
 * Sees to it that ovn-controller lets go of gateway ports that SB has given to another node. Where the next gateway claims a port before the
 * former one has looked at the change, the former one has nothing to release and keeps its flows, for good (decision 032): it is asked to work
 * everything out anew, once for all ports that left together, and only where the flows are seen to be there still.
 */
export class Releases implements Disposable {
  readonly #options: ReleasesOptions;
  #held: GatewayPorts;
  /** Ports that have left and that ovn-controller is not known to have let go of. */
  readonly #left = new Map<string, Mac>();
  /** Those of them for which it was asked. */
  readonly #asked = new Set<string>();
  #view: ReleasesView | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;

  constructor(options: ReleasesOptions) {
    this.#options = options;
    this.#held = options.held;
  }

  /** What those who come after have to know: the ports that are here, and those that may be here still. */
  get held(): GatewayPorts {
    return new Map([...this.#left, ...this.#held]);
  }

  /** Takes note of what SB says now, and looks a moment later where a port has left. While SB says nothing, nothing has. */
  follow(view: ReleasesView): void {
    this.#view = view;
    const { gateways, isFollowed } = view;
    if (gateways) {
      for (const [port, mac] of this.#held) if (!gateways.has(port)) this.#left.set(port, mac);
      for (const port of this.#left.keys()) if (gateways.has(port)) this.#forget(port);
      this.#held = gateways;
    }
    // One that hangs or does not reach SB has not heard of it, and one that has just started replaces all flows by itself.
    const isDue = this.#left.size > 0 && isFollowed;
    if (isDue && this.#timer === undefined && !this.#isLooking) {
      this.#timer = setTimeout(() => void this.#look(), this.#options.settleMs ?? settleMs);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#view = undefined;
  }

  #forget(port: string): void {
    this.#left.delete(port);
    this.#asked.delete(port);
  }

  async #look(): Promise<void> {
    this.#timer = undefined;
    this.#isLooking = true;
    try {
      await this.#see();
    } catch (fault) {
      if (this.#view) this.#options.onFault(fault);
    }
    this.#isLooking = false;
    if (this.#view) this.follow(this.#view);
  }

  async #see(): Promise<void> {
    const { rundir, onFault } = this.#options;
    if (!this.#view?.isFollowed) return;
    using control = await dialDaemon(rundir, 'ovn-controller');
    // It answers between two turns: by then it has done what it had to do about the ports, however long that took.
    if ((await control?.ask('connection-status')) !== 'connected') return;
    const kept = await this.#kept();
    const vain = kept.filter((port) => this.#asked.has(port));
    const anew = kept.filter((port) => !this.#asked.has(port));
    if (vain.length > 0) onFault(keptInVain(vain));
    for (const port of vain) this.#forget(port);
    if (anew.length === 0) return;
    const answer = await control?.ask('inc-engine/recompute');
    if (answer === undefined) return;
    for (const port of anew) this.#asked.add(port);
    onFault(keptAndAsked(anew));
  }

  /** The ports that have left whose packets the switch still admits; the others are forgotten. */
  async #kept(): Promise<readonly string[]> {
    const kept: string[] = [];
    for (const [port, mac] of [...this.#left]) {
      const flows = this.#view?.flows;
      if (!flows) return [];
      const isThere = (await flows.flowCount(admissionTable, { ethDst: mac })) > 0;
      if (!this.#left.has(port)) continue;
      if (isThere) kept.push(port);
      else this.#forget(port);
    }
    return kept;
  }
}

function keptAndAsked(ports: readonly string[]): NodeFault {
  return new NodeFault(
    'gateway-kept',
    `ovn-controller kept the flows of ${named(ports)} though SB no longer gives that to this node: it was asked to work everything out anew (finding two-answerers)`,
  );
}

function keptInVain(ports: readonly string[]): NodeFault {
  return new NodeFault(
    'gateway-kept',
    `the switch still admits packets for ${named(ports)}, which SB no longer gives to this node, though ovn-controller worked everything out anew: start ovn-controller again (finding two-answerers)`,
  );
}

/** How many ports are named: what a node gives away at one moment may be hundreds. */
const namedPorts = 3;

function named(ports: readonly string[]): string {
  const rest = ports.length - namedPorts;
  return [...ports.slice(0, namedPorts), ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}
