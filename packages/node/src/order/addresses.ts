import { parseIp, parseMac } from '@berth/net';
import { reservedPort } from '../openflow/message.ts';
import type { NodeSwitch } from '../ovs/node-switch.ts';
import { announcementFrame } from '../packet/frames.ts';
import type { Bridges } from '../sentry/bridges.ts';
import { endConnections } from './connections.ts';
import { dutiesOf, isWhereItWas, type OrderedAddress } from './duty.ts';
import { patchOf } from './patch.ts';
import { Repeater } from './repeater.ts';
import type { Claims } from './southbound.ts';

/** When an address is announced, from when the node came to have it: a frame may be lost, or come before the flows. */
const announceMs = [0, 50, 200, 1_000];

/** When its connections are ended: packets under way may make one again until OVN has taken the change up. */
const flushMs = [0, 300, 1_000, 3_000];

export type AddressesOptions = {
  readonly bridges: Bridges;
  /** Where ovs-vswitchd has its control socket. */
  readonly rundir: string;
  /** What the node answered for when the agent before this one ended. */
  readonly held: readonly OrderedAddress[];
  readonly onFault: (fault: unknown) => void;
};

/** Announces addresses that come to the node, and ends the connections of those that leave it. */
export class Addresses implements Disposable {
  readonly #bridges: Bridges;
  readonly #rundir: string;
  readonly #onFault: (fault: unknown) => void;
  readonly #announcer = new Repeater<OrderedAddress>(announceMs, (address) => this.#announce(address));
  readonly #flusher = new Repeater<OrderedAddress>(flushMs, (address) => this.#flush(address));
  #held: readonly OrderedAddress[];
  #heldByIp: ReadonlyMap<string, OrderedAddress>;
  /** Addresses that could not be announced: ovn-controller makes the way out of a node that had no part in the network only then. */
  readonly #unsaid = new Map<string, OrderedAddress>();
  #switch: NodeSwitch | undefined;
  #claims: Claims | undefined;
  readonly #due = new Set<OrderedAddress>();
  #flushing: Promise<void> = Promise.resolve();

  constructor({ bridges, rundir, held, onFault }: AddressesOptions) {
    this.#bridges = bridges;
    this.#rundir = rundir;
    this.#held = held;
    this.#heldByIp = byIp(held);
    this.#onFault = onFault;
  }

  /** The addresses that the node answers for, by the last word of SB. */
  get held(): readonly OrderedAddress[] {
    return this.#held;
  }

  /** Does what is due since the last call. While SB says nothing, nothing is. */
  follow(nodeSwitch: NodeSwitch, ordered: readonly OrderedAddress[], claims: Claims | undefined): void {
    this.#switch = nodeSwitch;
    this.#claims = claims;
    if (!claims) return;
    const { held, announced, flushed } = dutiesOf(this.#held, ordered, claims.ports);
    this.#held = held;
    this.#heldByIp = byIp(held);
    for (const address of [...announced, ...this.#sayable()]) this.#announcer.start(address.ip, address);
    for (const address of flushed) this.#flusher.start(address.ip, address);
  }

  [Symbol.dispose](): void {
    this.#announcer[Symbol.dispose]();
    this.#flusher[Symbol.dispose]();
  }

  /**
   * Announces an address if it is still here, as OVN would: the frame passes the provider bridge as if it came out of the
   * integration bridge, so that the provider bridge learns where the MAC is, and learns it right.
   */
  #announce(address: OrderedAddress): void {
    const { vlanId } = address;
    const [ip, mac] = [parseIp(address.ip), parseMac(address.mac)];
    if (!isWhereItWas(address, this.#heldByIp.get(address.ip)) || !ip || !mac) return;
    const way = this.#wayOf(address);
    if (!way) {
      this.#unsaid.set(address.ip, address);
      return;
    }
    this.#unsaid.delete(address.ip);
    try {
      const frame = announcementFrame({ ip, mac, vlanId });
      this.#bridges.get(way.bridge)?.packetOut(frame, way.port, [reservedPort.normal]);
    } catch (fault) {
      this.#onFault(fault);
    }
  }

  /** The addresses that could not be announced and can be now. */
  #sayable(): readonly OrderedAddress[] {
    for (const [ip, address] of this.#unsaid)
      if (!isWhereItWas(address, this.#heldByIp.get(ip))) this.#unsaid.delete(ip);
    return [...this.#unsaid.values()].filter((address) => this.#wayOf(address) !== undefined);
  }

  /** The provider bridge an address goes out by, and the port there to its patch; undefined for as long as there is none. */
  #wayOf({
    network,
    vlanId,
  }: OrderedAddress): { readonly bridge: string; readonly port: number } | undefined {
    const provider = this.#switch?.providers.get(network);
    const patch = patchOf(provider, vlanId, this.#claims);
    return provider && patch && { bridge: provider.bridge, port: patch.number };
  }

  /** Ends what is due together, after what is being ended. */
  #flush(address: OrderedAddress): void {
    const isFirst = this.#due.size === 0;
    this.#due.add(address);
    if (!isFirst) return;
    const next = this.#flushing.then(async () => {
      const due = [...this.#due].filter(
        ({ ip, logicalIp }) => this.#heldByIp.get(ip)?.logicalIp !== logicalIp,
      );
      this.#due.clear();
      const ips = new Set(due.flatMap(({ ip }) => parseIp(ip) ?? []));
      if (ips.size > 0) await endConnections(this.#rundir, ips);
    });
    this.#flushing = next.catch(this.#onFault);
  }
}

/** A gateway may come to have thousands at one moment, each of which is looked up several times. */
function byIp(addresses: readonly OrderedAddress[]): ReadonlyMap<string, OrderedAddress> {
  return new Map(addresses.map((address) => [address.ip, address]));
}
