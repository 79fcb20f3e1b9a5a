import { outsideNic } from '../lab/outside.ts';
import { wireNic } from '../lab/plan.ts';
import { effectsOf, type Output, type Tracking } from './actions.ts';
import { addressesOf, type Fields, frameOf, withAddresses } from './fields.ts';
import type { Entry } from './node-switch.ts';
import type { Stage } from './read-trace.ts';
import type { NodeScene, Scene } from './scene.ts';
import type { SwitchPort } from './switch-ports.ts';

/** Where a frame gets. */
export type Journey = {
  readonly arrivals: readonly Arrival[];
  /** Nodes whose external NIC it left by, in order. */
  readonly wires: readonly string[];
  /** By which node the external wire last heard a hardware address: there it takes what is sent to that. */
  readonly learned: ReadonlyMap<string, string>;
  /** Where it, or a copy, ended, in one clause each. */
  readonly ends: readonly string[];
  /** Why it cannot be told where it gets; undefined when it can. */
  readonly unclear: string | undefined;
  /** Whether that is because somebody on its way has yet to ask for a neighbour, which a packet would make it do. */
  readonly isAsking: boolean;
};

/** A frame at `outside` or at a pod, by its network namespace. */
export type Arrival = { readonly place: string; readonly frame: Fields };

/** What a node's conntrack keeps of a connection once its first packet has passed: addresses before and after. */
type Connection = {
  readonly node: string;
  readonly zone: string;
  readonly before: Addresses;
  readonly after: Addresses;
};

type Addresses = { readonly src: string; readonly dst: string };

/** The external network of a conversation. */
export type External = { readonly wire: string; readonly vlanId: number };

/** From one switch to the next so often at most: a packet's TTL is longer than any way through a lab. */
const hopsAtMost = 16;

/**
 * Follows the packets of one conversation, its first and the answer to it, from switch to switch. It remembers what conntrack
 * would: the answer is translated back by it.
 */
export class Conversation {
  readonly #scene: Scene;
  readonly #external: External;
  readonly #connections: Connection[] = [];

  constructor(scene: Scene, external: External) {
    this.#scene = scene;
    this.#external = external;
  }

  /** Follows a frame that comes into a node's switch by one of its ports. */
  async follow(node: string, entry: Entry): Promise<Journey> {
    const way = new Way(this.#scene, this.#external, this.#connections, entry.connection);
    await way.enter(node, entry, 0);
    return way;
  }
}

/** One frame's way, with all its copies. */
class Way implements Journey {
  readonly arrivals: Arrival[] = [];
  readonly wires: string[] = [];
  readonly learned = new Map<string, string>();
  readonly ends: string[] = [];
  unclear: string | undefined;
  isAsking = false;
  readonly #scene: Scene;
  readonly #external: External;
  readonly #connections: Connection[];
  readonly #connection: Entry['connection'];
  /** The source that conntrack gives an answer, once it has. */
  #source: string | undefined;

  constructor(scene: Scene, external: External, connections: Connection[], connection: Entry['connection']) {
    this.#scene = scene;
    this.#external = external;
    this.#connections = connections;
    this.#connection = connection;
  }

  async enter(name: string, entry: Entry, hops: number): Promise<void> {
    const node = this.#scene.nodes.get(name);
    if (node?.control === undefined) {
      this.ends.push(`${name} stands still`);
      return;
    }
    if (hops > hopsAtMost) {
      this.unclear ??= `it goes in circles at ${name}`;
      return;
    }
    const stages = await node.control.trace(entry);
    if (typeof stages === 'string') {
      this.unclear ??= `${name}: ${stages}`;
      return;
    }
    const translated = this.#connection === 'reply' ? this.#translate(node, stages) : undefined;
    if (translated !== undefined) await this.#reenter(node, translated, hops);
    else await this.#leave(node, stages, hops);
  }

  /** Everything that leaves the switch, in all stages. */
  async #leave(node: NodeScene, stages: readonly Stage[], hops: number): Promise<void> {
    let hasLeft = false;
    for (const { flow, actions, errands } of stages) {
      const { outputs, trackings, unread } = effectsOf(actions, flow);
      if (unread.length > 0) this.unclear ??= `${node.name} does ${unread[0]}, which is not understood here`;
      if (this.#connection === 'new') this.#remember(node, flow, trackings);
      if (errands.some(({ kind }) => kind === 'ask')) {
        this.isAsking = this.unclear === undefined;
        this.unclear ??= `${node.name} has yet to ask who has the next hop`;
      }
      for (const output of outputs) hasLeft = (await this.#send(node, output, hops)) || hasLeft;
    }
    if (!hasLeft && this.unclear === undefined) this.ends.push(`${node.name} drops it`);
  }

  /** Carries a frame over what the port is plugged into; whether that is anything. */
  async #send(node: NodeScene, { port: number, frame, tunnel }: Output, hops: number): Promise<boolean> {
    const port = node.ports.find((one) => one.number === number);
    if (port === undefined || port.name === port.bridge) return false;
    if (tunnel !== undefined) return await this.#cross(node, port, frame, tunnel, hops);
    const wire = this.#scene.plan.wires.find((each) => wireNic(this.#scene.plan, each) === port.name);
    if (wire !== undefined) return await this.#wire(node, wire, port, frame, hops);
    const pod = node.pods.get(port.name);
    if (pod === undefined) return false;
    if (!node.up.has(port.name)) this.ends.push(`${pod} has no carrier`);
    else this.arrivals.push({ place: pod, frame: this.#translated(frame) });
    return true;
  }

  async #cross(
    node: NodeScene,
    port: SwitchPort,
    frame: Fields,
    tunnel: NonNullable<Output['tunnel']>,
    hops: number,
  ): Promise<boolean> {
    const peer = [...this.#scene.nodes.values()].find(({ tunnelIp }) => tunnelIp === tunnel.to);
    const entrance = peer?.ports.find(({ remoteIp }) => remoteIp === node.tunnelIp);
    if (peer === undefined) this.ends.push(`${node.name} sends it to ${tunnel.to}, which is no node`);
    else if (!node.up.has(port.name) || !this.#scene.wiresUp.has('under') || !peer.up.has('under0')) {
      this.ends.push(`the tunnel from ${node.name} to ${peer.name} is cut`);
    } else if (peer.control === undefined) this.ends.push(`${peer.name} stands still`);
    else if (entrance === undefined) this.ends.push(`${peer.name} has no tunnel to ${node.name}`);
    else {
      const entry = { bridge: entrance.bridge, port: entrance.name, frame, tunnel };
      await this.enter(peer.name, { ...entry, connection: this.#connection }, hops + 1);
    }
    return true;
  }

  /** A frame on an external wire: `outside` takes its own, and of the nodes whoever wants it. */
  async #wire(
    node: NodeScene,
    wire: string,
    port: SwitchPort,
    frame: Fields,
    hops: number,
  ): Promise<boolean> {
    if (!node.up.has(port.name)) {
      this.ends.push(`the uplink of ${node.name} is down`);
      return true;
    }
    this.wires.push(node.name);
    this.learned.set(frame['dl_src'] ?? '', node.name);
    if (!this.#scene.wiresUp.has(wire)) {
      this.ends.push(`the external network ${wire} is down`);
      return true;
    }
    const nic = outsideNic(wire, Number(frame['dl_vlan'] ?? 0));
    if (this.#scene.outside.get(nic) === frame['dl_dst']) {
      this.arrivals.push({ place: 'outside', frame: this.#translated(frame) });
      return true;
    }
    for (const other of this.#scene.nodes.values()) {
      const door = other === node ? undefined : doorOf(other, port.name);
      if (door !== undefined && other.control !== undefined) {
        await this.enter(other.name, { ...door, frame, connection: this.#connection }, hops + 1);
      }
    }
    return true;
  }

  /** Notes what conntrack is told to translate. */
  #remember(node: NodeScene, flow: Fields, trackings: readonly Tracking[]): void {
    const before = addressesOf(flow);
    for (const { zone, isCommit, nat = '' } of trackings) {
      const [, way, ip = ''] = /^(src|dst)=(\[[^\]]+\]|[^:,-]+(?=$|[:,-](?!.*:))|[^,-]+)/.exec(nat) ?? [];
      if (!isCommit || way === undefined) continue;
      const after = { ...before, [way]: ip.replaceAll(/[[\]]/g, '') };
      this.#connections.push({ node: node.name, zone, before, after });
    }
  }

  /**
   * Translates an answer back as conntrack does, whatever the flows ask it to do. Of the source a note is kept, as nothing on the
   * way depends on it; gives the frame with its destination where the flows themselves do not come to the same.
   */
  #translate(node: NodeScene, stages: readonly Stage[]): Fields | undefined {
    for (const { flow, actions } of stages) {
      for (const { zone, nat } of effectsOf(actions, flow).trackings) {
        const { src, dst } = addressesOf(this.#translated(flow));
        const found = this.#connections.find(
          (each) =>
            each.node === node.name && each.zone === zone && each.after.src === dst && each.after.dst === src,
        );
        if (nat === undefined || found === undefined) continue;
        const { before, after } = found;
        if (before.dst !== after.dst) this.#source = before.dst;
        const isSaid = stages.some((stage) => addressesOf(stage.flow).dst === before.src);
        if (before.src !== after.src && !isSaid)
          return withAddresses(frameOf(flow), { src: this.#source, dst: before.src });
      }
    }
    return undefined;
  }

  /**
   * A trace cannot be told what conntrack translates to. The translated frame is let in again by the external NIC, where the router
   * that asked conntrack gets it as it is.
   */
  async #reenter(node: NodeScene, frame: Fields, hops: number): Promise<void> {
    const { wire, vlanId } = this.#external;
    const door = innerDoorOf(node, wireNic(this.#scene.plan, wire));
    const tagged = vlanId === 0 ? frame : { ...frame, dl_vlan: String(vlanId) };
    if (door === undefined) this.unclear ??= `only the conntrack of ${node.name} knows where it goes on`;
    else await this.enter(node.name, { ...door, frame: tagged, connection: this.#connection }, hops + 1);
  }

  #translated(frame: Fields): Fields {
    return withAddresses(frame, { src: this.#source });
  }
}

/** Where a node's switch takes in what comes by a NIC that has a carrier. */
export function doorOf(node: NodeScene, nic: string): Pick<Entry, 'bridge' | 'port'> | undefined {
  const port = node.up.has(nic) ? node.ports.find(({ name }) => name === nic) : undefined;
  return port && { bridge: port.bridge, port: port.name };
}

/**
 * Where a node's integration bridge takes in what comes by a NIC: past the provider bridge, which forwards by what it has learned.
 * A frame to a hardware address that the node has just sent from finds it learned.
 */
export function innerDoorOf(node: NodeScene, nic: string): Pick<Entry, 'bridge' | 'port'> | undefined {
  const outer = node.ports.find(({ name }) => name === nic);
  const patch = node.ports.find(({ bridge, peer }) => bridge === outer?.bridge && peer !== undefined);
  const inner = node.ports.find(({ name }) => name === patch?.peer);
  return inner && { bridge: inner.bridge, port: inner.name };
}
