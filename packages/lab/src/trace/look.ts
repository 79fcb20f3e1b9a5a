import type { ExternalFlow } from '@berth/core';
import { wireNic } from '../lab/plan.ts';
import { netnsOfWhere } from '../lab/where.ts';
import type { Answerer, AskedAddress, ProbeFlow } from '../prober/prober.ts';
import { addressesOf, answerTo, type Fields } from './fields.ts';
import { request, whoHas } from './frames.ts';
import { heard, Neighbours, tagged } from './neighbours.ts';
import type { Entry } from './node-switch.ts';
import { type PodNic, routeOf } from './pods.ts';
import type { Scene } from './scene.ts';
import { Conversation, doorOf, innerDoorOf, type Journey } from './walk.ts';

/** A flow to ask about: which way it goes, its first packet, and the external address that others ask for. */
export type Question = {
  readonly flow: Pick<ExternalFlow, 'direction'>;
  readonly probe: ProbeFlow;
  readonly ask: AskedAddress;
};

/** What traces say of a flow. */
export type Traced = {
  /** `unknown` where a trace cannot tell. */
  readonly outcome: 'delivered' | 'lost' | 'unknown';
  /** Nodes whose external NICs the requests, and the answers, leave by. */
  readonly requestsFrom: readonly string[];
  readonly repliesFrom: readonly string[];
  readonly answerers: readonly Answerer[];
  /** Why it is lost or unknown, in one sentence; empty for what is delivered. */
  readonly why: string;
  /** Whether it is unknown only because a switch has yet to ask for a neighbour, which a packet makes it do. */
  readonly isAsking: boolean;
};

/** One way that a conversation may go. Where several answer for an address there are several. */
type Turn = Omit<Traced, 'answerers'>;

/** A lab's switches asked about flows, all of one moment. */
export class Look {
  readonly #scene: Scene;
  readonly #pods: ReadonlyMap<string, PodNic>;
  readonly #neighbours: Neighbours;

  constructor(scene: Scene, pods: ReadonlyMap<string, PodNic>) {
    this.#scene = scene;
    this.#pods = pods;
    this.#neighbours = new Neighbours(scene);
  }

  /** What becomes of a flow's first packet, and of the answer to it. */
  async at({ flow, probe, ask }: Question): Promise<Traced> {
    const answerers = await this.#neighbours.whoAnswers(ask.ip, ask);
    const turns =
      flow.direction === 'inbound'
        ? await this.#inbound(probe, ask, answerers)
        : [await this.#outbound(probe, ask, flow.direction === 'hairpin')];
    return { ...together(turns), answerers };
  }

  /** From `outside`, to everyone who says that the address is its own. */
  async #inbound(
    probe: ProbeFlow,
    ask: AskedAddress,
    answerers: readonly Answerer[],
  ): Promise<readonly Turn[]> {
    if (!this.#scene.wiresUp.has(ask.wire)) return [lost(`the external network ${ask.wire} is down`)];
    if (answerers.length === 0) return [lost(`nobody answers for ${ask.ip}`)];
    return await Promise.all(
      answerers.map(async ({ node, mac }) => {
        const ends = { mac: this.#neighbours.outsideMac(ask), source: ask.source, to: ask.ip, nextHop: mac };
        const talk = new Conversation(this.#scene, ask);
        const there = await this.#fromWire(talk, node, ask, request({ ...ends, ...portOf(probe) }), 'new');
        return await this.#answered(talk, there, ask, (back) =>
          back.arrivals.some(({ place, frame }) => place === 'outside' && addressesOf(frame).src === ask.ip),
        );
      }),
    );
  }

  /** From a pod, to `outside` or to what the address leads to. */
  async #outbound(probe: ProbeFlow, ask: AskedAddress, isHairpin: boolean): Promise<Turn> {
    const netns = netnsOfWhere(probe.from);
    const pod = this.#pods.get(netns);
    const talk = new Conversation(this.#scene, ask);
    const there =
      pod && (await this.#fromPod(talk, pod, probe.to, (ends) => request({ ...ends, ...portOf(probe) })));
    if (there === undefined) return lost(`${probe.from} reaches no next hop to ${probe.to}`);
    if (typeof there === 'string') return lost(there);
    const torn = isHairpin ? await this.#tornOf(there, ask) : undefined;
    if (torn !== undefined) return { ...lost(torn), outcome: 'unknown' };
    return await this.#answered(talk, there, ask, (back) =>
      back.arrivals.some(({ place, frame }) => place === netns && addressesOf(frame).src === probe.to),
    );
  }

  /** Of a conversation over the wire, the end that several have with one hardware address: who gets a frame is learned from others. */
  async #tornOf({ arrivals }: Journey, ask: AskedAddress): Promise<string | undefined> {
    const ends = [ask.ip, ...arrivals.map(({ frame }) => addressesOf(frame).src)];
    for (const ip of ends) {
      const macs = (await this.#neighbours.whoAnswers(ip, ask)).map(({ mac }) => mac);
      if (new Set(macs).size < macs.length) return `several answer for ${ip} with one hardware address`;
    }
    return undefined;
  }

  /** Lets whoever the request gets to answer it. */
  async #answered(
    talk: Conversation,
    there: Journey,
    ask: AskedAddress,
    isBack: (back: Journey) => boolean,
  ): Promise<Turn> {
    const requestsFrom = there.wires;
    const [arrival] = there.arrivals;
    if (arrival === undefined) return ended(there, requestsFrom, []);
    const { src } = addressesOf(arrival.frame);
    const pod = this.#pods.get(arrival.place);
    const backs =
      pod === undefined
        ? await this.#fromOutside(talk, there, arrival.frame, ask)
        : [await this.#fromPod(talk, pod, src, ({ nextHop }) => answerTo(arrival.frame, nextHop), 'reply')];
    const turns = backs.map((back): Turn => {
      if (typeof back === 'string') return { ...lost(back), requestsFrom };
      if (isBack(back))
        return { outcome: 'delivered', requestsFrom, repliesFrom: back.wires, why: '', isAsking: false };
      return ended(back, requestsFrom, back.wires);
    });
    return together(turns.length > 0 ? turns : [{ ...lost(`nobody answers for ${src}`), requestsFrom }]);
  }

  /** Answers of `outside` to each that says it has the address, by where its hardware address was heard last. */
  async #fromOutside(
    talk: Conversation,
    there: Journey,
    asked: Fields,
    ask: AskedAddress,
  ): Promise<readonly Journey[]> {
    const answerers = await this.#neighbours.whoAnswers(addressesOf(asked).src, ask);
    const places = new Map(
      answerers.map(({ node, mac }) => {
        const at = there.learned.get(mac) ?? node;
        return [`${at} ${mac}`, { at, mac }];
      }),
    );
    return await Promise.all(
      [...places.values()].map(({ at, mac }) => this.#fromWire(talk, at, ask, answerTo(asked, mac), 'reply')),
    );
  }

  async #fromWire(
    talk: Conversation,
    node: string,
    ask: AskedAddress,
    frame: Fields,
    connection: Entry['connection'],
  ): Promise<Journey> {
    const scene = this.#scene.nodes.get(node);
    const nic = wireNic(this.#scene.plan, ask.wire);
    // It has just sent from the hardware address that this is for, its answer to ARP or the request.
    const outer = scene && doorOf(scene, nic);
    const door = outer && (innerDoorOf(scene, nic) ?? outer);
    if (door === undefined)
      return {
        arrivals: [],
        wires: [],
        learned: new Map(),
        ends: [`${node} has no external NIC`],
        unclear: undefined,
        isAsking: false,
      };
    return await talk.follow(node, { ...door, frame: tagged(frame, ask), connection });
  }

  /** A packet of a pod, to the next hop that it finds by ARP or ND; why there is none otherwise. */
  async #fromPod(
    talk: Conversation,
    pod: PodNic,
    to: string,
    frameTo: (ends: { mac: string; source: string; to: string; nextHop: string }) => Fields,
    connection: Entry['connection'] = 'new',
  ): Promise<Journey | string> {
    const home = this.#homeOf(pod);
    const route = routeOf(pod, to);
    if (typeof home === 'string') return home;
    if (route === undefined) return `${pod.netns} has no route to ${to}`;
    const asked = { mac: pod.mac, source: route.source, to: route.nextHop };
    const [answer] = await heard(home.node, home.door, whoHas(asked), route.nextHop);
    if (answer === undefined) return `nobody answers ${pod.netns} for ${route.nextHop}`;
    const frame = frameTo({ mac: pod.mac, source: route.source, to, nextHop: answer });
    return await talk.follow(home.node.name, { ...home.door, frame, connection });
  }

  #homeOf(pod: PodNic) {
    for (const node of this.#scene.nodes.values()) {
      const nic = [...node.pods].find(([, netns]) => netns === pod.netns)?.[0];
      if (nic === undefined) continue;
      if (node.control === undefined) return `${node.name} stands still`;
      if (!node.up.has(nic)) return `${pod.netns} has no carrier`;
      const door = doorOf(node, nic);
      return door === undefined ? `${pod.netns} is on no switch` : { node, door };
    }
    return `${pod.netns} is on no node`;
  }
}

function portOf({ port, answering }: ProbeFlow) {
  return { port, protocol: answering === undefined ? 'tcp' : 'udp' } as const;
}

function lost(why: string): Turn {
  return { outcome: 'lost', requestsFrom: [], repliesFrom: [], why, isAsking: false };
}

function ended(journey: Journey, requestsFrom: readonly string[], repliesFrom: readonly string[]): Turn {
  const { unclear, ends, arrivals, isAsking } = journey;
  const strayed = arrivals.map(({ place, frame }) => `it gets to ${place} from ${addressesOf(frame).src}`);
  const why = unclear ?? [...ends, ...strayed].join('; ');
  return { outcome: unclear === undefined ? 'lost' : 'unknown', requestsFrom, repliesFrom, why, isAsking };
}

/** Of several ways it is not known which is taken: what holds for all of them holds. */
function together(turns: readonly Turn[]): Turn {
  const outcomes = new Set(turns.map(({ outcome }) => outcome));
  const [only] = outcomes;
  return {
    outcome: outcomes.size === 1 && only !== undefined ? only : 'unknown',
    requestsFrom: [...new Set(turns.flatMap(({ requestsFrom }) => requestsFrom))],
    repliesFrom: [...new Set(turns.flatMap(({ repliesFrom }) => repliesFrom))],
    isAsking: turns.some(({ isAsking }) => isAsking),
    why: [...new Set(turns.map(({ why }) => why))].filter((why) => why !== '').join('; '),
  };
}
