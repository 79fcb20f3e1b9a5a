import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { LabFault } from '../fault.ts';
import type { Lab } from '../lab/lab.ts';
import { outsideNic } from '../lab/outside.ts';
import { fabricPort } from '../lab/plan.ts';
import { netnsOfWhere } from '../lab/where.ts';
import type { Server } from '../probe/ask-servers.ts';
import { proberProgram } from './program.ts';

/** Packets of one sort from one place: pings, or when there is a port TCP connections, or UDP where it is told who answers. */
export type ProbeFlow = {
  /** Names it in the results. */
  readonly key: string;
  /** `outside`, a node, or a pod as NAMESPACE/NAME. */
  readonly from: string;
  readonly to: string;
  readonly port?: number;
  /** Where the datagrams that are sent to the port may come to: what listens there is ours. */
  readonly answering?: readonly Server[];
};

/** An address of which it is to be told which nodes answer for it, by ARP or ND. */
export type AskedAddress = {
  readonly ip: string;
  readonly wire: string;
  /** 0 for none. */
  readonly vlanId: number;
  /** The address that asks: one of `outside` on that wire, which is known to OVN already. */
  readonly source: string;
};

/** What became of a flow in one burst. */
export type FlowSeen = {
  readonly sent: number;
  /** How many came back. */
  readonly received: number;
  /** Nodes whose external NICs its requests were seen to leave by. */
  readonly requestsFrom: readonly string[];
  /** Nodes whose external NICs the answers to its requests were seen to leave by. */
  readonly repliesFrom: readonly string[];
};

/** A node that answers for an address, and the hardware address it gives. */
export type Answerer = { readonly node: string; readonly mac: string };

export type BurstOptions = {
  readonly flows: readonly ProbeFlow[];
  readonly asks?: readonly AskedAddress[];
  /** Packets of each flow, 3 when absent; how far apart, 150 ms when absent. */
  readonly count?: number;
  readonly intervalMs?: number;
  /** How long the last ones may take, 800 ms when absent. */
  readonly waitMs?: number;
};

export type Burst = {
  readonly flows: ReadonlyMap<string, FlowSeen>;
  /** By asked address, in the order of the nodes: one for each hardware address that a node gives. */
  readonly answerers: ReadonlyMap<string, readonly Answerer[]>;
};

/** What a flow lost while it was watched. */
export type Watched = {
  readonly sent: number;
  /** Without those that are excused. */
  readonly lost: number;
  /** When those were sent, by the clock of the machine (milliseconds since 1970). */
  readonly lostAtMs: readonly number[];
  /** How many did not come back that were sent while the machine stood still, as its sentinels saw. */
  readonly excused: number;
  readonly longestGapMs: number;
  /** The longest that began after the first answer. */
  readonly laterGapMs: number;
  /** Whether it came through when the watch ended. */
  readonly atEnd: boolean;
};

/** An echo request that came to a place. */
export type Arrival = {
  /** `outside`, a node, or a pod as NAMESPACE/NAME. */
  readonly at: string;
  /** Bytes 16 to 31 of what it carries, in hexadecimal: what `ping -p` fills it with begins there. */
  readonly mark: string;
  readonly sequence: number;
  /** The sender's address as it was there. */
  readonly source: string;
};

/** Hardware addresses by the fabric's port they were heard at. */
type HeardMacs = Readonly<Record<string, readonly string[]>>;

type Reply = {
  readonly fault?: string;
  readonly flows?: Readonly<Record<string, unknown>>;
  readonly heard?: Readonly<Record<string, HeardMacs>>;
  readonly arrivals?: readonly Arrival[];
};

/**
 * Sends the packets of many flows at once, from every place of a lab. One process does it all; it ends when this is
 * disposed of, and with this process. Every method throws {@link LabFault} `lab-script-failed` when a place is gone.
 */
export class Prober {
  readonly #lab: Lab;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #complaint = '';

  constructor(lab: Lab) {
    this.#lab = lab;
    this.#child = lab.spawn('central', ['/usr/bin/python3', '-u', '-c', proberProgram]);
    this.#child.stdin.on('error', () => {});
    this.#child.on('error', () => {});
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint += text;
    });
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /** Sends a few packets of every flow, under new ids, and tells what came back when all has, or time is over. */
  async burst(options: BurstOptions): Promise<Burst> {
    const { flows, asks = [], count = 3, intervalMs = 150, waitMs = 800 } = options;
    const asked = asks.map((ask) => ({ ...ask, nic: outsideNic(ask.wire, ask.vlanId) }));
    const ports = [...this.#ports().keys()];
    const reply = await this.#command({
      command: 'burst',
      flows: this.#placed(flows),
      asks: asked,
      ports,
      count,
      intervalMs,
      waitMs,
    });
    return {
      flows: new Map(Object.entries(reply.flows ?? {}).map(([key, seen]) => [key, this.#seen(seen)])),
      answerers: new Map(asks.map(({ ip }) => [ip, this.#answerers(reply.heard?.[ip] ?? {})])),
    };
  }

  /**
   * Begins to send packets of every flow, each in every interval, and resolves when all have been sent once. What is lost while a
   * sentinel has to wait for its answer for more than 100 ms is the machine's loss and not counted; give some ({@link sentinelsOf})
   * where no ovs-vswitchd is broken meanwhile.
   */
  async start(
    flows: readonly ProbeFlow[],
    intervalMs = 100,
    sentinels: readonly ProbeFlow[] = [],
  ): Promise<void> {
    const placed = { flows: this.#placed(flows), sentinels: this.#placed(sentinels) };
    await this.#command({ command: 'start', ...placed, intervalMs });
  }

  /** Ends what `start` began. */
  async stop(): Promise<ReadonlyMap<string, Watched>> {
    const { flows = {} } = await this.#command({ command: 'stop' });
    return new Map(Object.entries(flows).map(([key, each]) => [key, each as Watched]));
  }

  /** Lets `outside` and every pod forget who has which address. */
  async flush(): Promise<void> {
    await this.#command({ command: 'flush' });
  }

  /** Begins to hear the echo requests that come to some places, until `arrivals`. A place that is gone hears nothing. */
  async listen(places: readonly string[]): Promise<void> {
    const placed = places.map((place): [string, string] => [place, netnsOfWhere(place)]);
    await this.#command({ command: 'listen', places: Object.fromEntries(placed) });
  }

  /** Ends what `listen` began, and tells what came. */
  async arrivals(): Promise<readonly Arrival[]> {
    const { arrivals = [] } = await this.#command({ command: 'arrivals' });
    return arrivals;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#child.on('close', resolve));
    this.#child.stdin.end();
    if (this.#child.exitCode === null && this.#child.signalCode === null) await ended;
  }

  #placed(flows: readonly ProbeFlow[]) {
    return flows.map(({ answering, ...flow }) => ({
      ...{ ...flow, from: netnsOfWhere(flow.from) },
      ...(answering && {
        answering: answering.map(({ place, port }) => ({ place: netnsOfWhere(place), port })),
      }),
    }));
  }

  /** Nodes by the fabric's ports of the external wires. */
  #ports(): ReadonlyMap<string, string> {
    const { wires, nodes } = this.#lab.plan;
    return new Map(
      wires.flatMap((wire) => nodes.map((node) => [fabricPort(wire, node), node.name] as const)),
    );
  }

  #seen(value: unknown): FlowSeen {
    const seen = value as {
      sent: number;
      received: number;
      requests: readonly string[];
      replies: readonly string[];
    };
    const nodes = (ports: readonly string[]) => [
      ...new Set(ports.flatMap((port) => this.#ports().get(port) ?? [])),
    ];
    return {
      sent: seen.sent,
      received: seen.received,
      requestsFrom: nodes(seen.requests),
      repliesFrom: nodes(seen.replies),
    };
  }

  #answerers(heard: HeardMacs): readonly Answerer[] {
    return [...this.#ports()].flatMap(([port, node]) => (heard[port] ?? []).map((mac) => ({ node, mac })));
  }

  async #command(command: Readonly<Record<string, unknown>>): Promise<Reply> {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await this.#lines.next();
    const reply: Reply = done ? { fault: this.#complaint.trim() || 'it ended' } : JSON.parse(value);
    if (reply.fault === undefined) return reply;
    throw new LabFault('lab-script-failed', `prober: ${reply.fault}`, 'see that every place is still there');
  }
}
