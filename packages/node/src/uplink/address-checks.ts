import type { NodeOrder, NodeReport } from '@berth/api';
import { type Ip, type Mac, parseIp } from '@berth/net';
import type { PacketIn } from '../openflow/message.ts';
import type { NodeSwitch } from '../ovs/node-switch.ts';
import { arpAnswer } from '../packet/arp.ts';
import { readEthernet } from '../packet/ethernet.ts';
import { probeFrame } from '../packet/frames.ts';
import { neighborAnswer } from '../packet/neighbor-discovery.ts';
import { afterAnswer, afterAsking, type CheckState, dueOf, unchecked } from './check-state.ts';
import { probeMac } from './prober.ts';

type OrderedCheck = NonNullable<NodeOrder['spec']['checks']>[number];

/** What a report says of an address that was asked for. */
export type Checked = NonNullable<NodeReport['status']['checked']>[number];

export type AddressChecksOptions = {
  readonly node: string;
  /** Sends frames to a network; false when they could not be. */
  readonly send: (network: string, frames: readonly Uint8Array[]) => boolean;
  readonly onChange: () => void;
  /** A clock that never goes back, ms. */
  readonly nowMs: () => number;
};

type Running = { readonly check: OrderedCheck; readonly ip: Ip; state: CheckState };

/** How often it is looked what to ask next. */
const tickMs = 50;

/**
 * Asks the outside whether somebody answers for addresses, all at once, and tells of each when it is known. For those that
 * somebody has it asks again now and then, as long as the order names them. Questions are the uplink probes', from the
 * node's probing MAC, so that answers come to this node alone and nobody learns anything from them.
 */
export class AddressChecks implements Disposable {
  readonly #options: AddressChecksOptions;
  #running: ReadonlyMap<string, Running> = new Map();
  #bridges: ReadonlyMap<string, string> = new Map();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: AddressChecksOptions) {
    this.#options = options;
  }

  /** Asks for these, and for no others. Gives what is known of them. */
  follow(providers: NodeSwitch['providers'], checks: readonly OrderedCheck[]): readonly Checked[] {
    const { nowMs } = this.#options;
    this.#bridges = new Map([...providers.values()].map(({ network, bridge }) => [network, bridge]));
    this.#running = new Map(
      checks.flatMap((check) => {
        const key = keyOf(check);
        const ip = parseIp(check.ip);
        const known = this.#running.get(key);
        return ip ? [[key, known ?? { check, ip, state: unchecked(nowMs()) }] as const] : [];
      }),
    );
    if (this.#running.size === 0) this[Symbol.dispose]();
    else this.#timer ??= setInterval(() => this.#tick(), tickMs);
    return [...this.#running.values()].flatMap(({ check, state: { result } }) =>
      result ? [{ ...check, ...(result.mac !== undefined && { mac: result.mac }) }] : [],
    );
  }

  /** Whether a network is asked. */
  asks(network: string): boolean {
    return [...this.#running.values()].some(({ check }) => check.network === network);
  }

  /** Takes what a bridge handed over. */
  hear(bridge: string, { frame }: PacketIn): void {
    if (this.#running.size === 0) return;
    const ethernet = readEthernet(frame);
    const ip = ethernet && (arpAnswer(ethernet) ?? neighborAnswer(ethernet));
    if (!ethernet || ip === undefined) return;
    for (const [network, name] of this.#bridges) {
      if (name === bridge) this.#answer({ network, vlanId: ethernet.vlanId, ip }, ethernet.source);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #answer(check: OrderedCheck, mac: Mac): void {
    const running = this.#running.get(keyOf(check));
    if (running) this.#change([[running, afterAnswer(running.state, mac, this.#options.nowMs())]]);
  }

  #tick(): void {
    const { node, send, nowMs } = this.#options;
    const now = nowMs();
    const due = [...this.#running.values()].filter(({ state }) => dueOf(state, now) !== 'nothing');
    const changes: [Running, CheckState][] = [];
    for (const [network, asked] of Map.groupBy(due, ({ check }) => check.network)) {
      const asking = asked.filter(({ state }) => dueOf(state, now) === 'ask');
      const mac = probeMac(node, network);
      const frames = asking.map(({ check, ip }) => probeFrame({ mac, target: ip, vlanId: check.vlanId }));
      const isSent = frames.length > 0 && send(network, frames);
      for (const each of asked) {
        const isEnd = dueOf(each.state, now) === 'end';
        if (isEnd || isSent) changes.push([each, afterAsking(each.state, now)]);
      }
    }
    this.#change(changes);
  }

  #change(changes: readonly (readonly [Running, CheckState])[]): void {
    const isNews = changes.some(
      ([{ state }, next]) => next.result && (!state.result || state.result.mac !== next.result.mac),
    );
    for (const [running, state] of changes) running.state = state;
    if (isNews) this.#options.onChange();
  }
}

function keyOf({ network, vlanId, ip }: OrderedCheck): string {
  return [network, vlanId, ip].join(' ');
}
