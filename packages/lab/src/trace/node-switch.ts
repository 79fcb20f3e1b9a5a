import { dialDaemon, type Unixctl } from '@berth/node';
import { type Fields, writeFields } from './fields.ts';
import { readTrace, type Stage } from './read-trace.ts';
import { readSwitchPorts, type SwitchPort } from './switch-ports.ts';

/** Where a frame comes into a switch, with what its tunnel says of it. */
export type Entry = {
  readonly bridge: string;
  readonly port: string;
  readonly frame: Fields;
  readonly tunnel?: { readonly id: string; readonly metadata: string };
  /** What conntrack is taken to say wherever it is asked: a first packet, or an answer to one. */
  readonly connection: 'new' | 'reply';
};

/** vswitchd looks at each of its control connections once in a round, between other work. */
const connections = 4;

/** A node's switch that can be asked. */
export type Switch = Disposable & {
  /** What becomes of a frame: its stages, or why there are none in one clause. */
  trace(entry: Entry): Promise<readonly Stage[] | string>;
};

/** More look-ups than a packet has on its way through one switch. */
const lookupsAtMost = 12;

/** A trace ends where a group has to choose by a hash that the datapath works out; with one it goes on. */
const anyBackend = 'dp_hash=1';

/** The ovs-vswitchd of one node, asked what it would do. It sends nothing, and learns nothing. */
export class NodeSwitch implements Switch {
  readonly #controls: readonly Unixctl[];
  /** Answers of this switch, by question: it is open for one look only. */
  readonly #known = new Map<string, Promise<string | undefined>>();
  /** The end of each connection's line of questions. */
  readonly #lines: Promise<unknown>[];
  #turn = 0;

  private constructor(controls: readonly Unixctl[]) {
    this.#controls = controls;
    this.#lines = controls.map(() => Promise.resolve());
  }

  /** Undefined when it does not run. */
  static async open(rundir: string): Promise<NodeSwitch | undefined> {
    const dialled = await Promise.all(
      Array.from({ length: connections }, () => dialDaemon(rundir, 'ovs-vswitchd')),
    );
    const controls = dialled.filter((control) => control !== undefined);
    return controls.length === 0 ? undefined : new NodeSwitch(controls);
  }

  /** Ports of all bridges; undefined when it does not answer. */
  async ports(): Promise<readonly SwitchPort[] | undefined> {
    const said = await this.#ask('dpif/show');
    return said === undefined ? undefined : readSwitchPorts(said);
  }

  async trace(entry: Entry): Promise<readonly Stage[] | string> {
    const { bridge, port, frame, tunnel, connection } = entry;
    const outside = tunnel === undefined ? [] : [`tun_id=${tunnel.id}`, `tun_metadata0=${tunnel.metadata}`];
    const flow = [`in_port=${port}`, anyBackend, ...outside, writeFields(frame)].join(',');
    const states = connection === 'new' ? [] : Array(lookupsAtMost).fill(['--ct-next', 'trk,est,rpl']).flat();
    const said = await this.#ask('ofproto/trace', bridge, flow, ...states);
    if (said === undefined) return 'its ovs-vswitchd does not answer';
    return readTrace(said) ?? `its ovs-vswitchd refuses to trace: ${said.split('\n')[0]}`;
  }

  [Symbol.dispose](): void {
    for (const control of this.#controls) control[Symbol.dispose]();
  }

  /** Each question once, and one at a time on a connection. */
  #ask(...words: readonly [string, ...string[]]): Promise<string | undefined> {
    const key = words.join(' ');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const place = this.#turn++ % this.#controls.length;
    const before = this.#lines[place] ?? Promise.resolve();
    const answer = before.then(() => this.#controls[place]?.ask(...words));
    this.#known.set(key, answer);
    this.#lines[place] = answer;
    return answer;
  }
}
