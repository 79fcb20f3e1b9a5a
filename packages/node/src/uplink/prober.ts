import { type Ip, type Mac, macFromSeed, parseIp } from '@berth/net';
import { arpAnswer } from '../packet/arp.ts';
import { readEthernet } from '../packet/ethernet.ts';
import { probeFrame } from '../packet/frames.ts';
import { neighborAnswer } from '../packet/neighbor-discovery.ts';
import { afterRound, type ProbeHealth, unplugged, unprobed } from './hysteresis.ts';
import { ask, type Way } from './way.ts';

/** What is asked of the outside on one VLAN of a network. */
export type Probe = {
  readonly network: string;
  readonly vlanId: number;
  readonly targets: readonly string[];
  readonly intervalMs: number;
  readonly failureThreshold: number;
  readonly successThreshold: number;
};

export type ProberOptions = {
  readonly mac: Mac;
  readonly probe: Probe;
  /** The bridge and the NIC to ask by now; undefined while there is none. */
  readonly way: () => Way | undefined;
  readonly onChange: () => void;
  /** A number from 0 to 1. */
  readonly chance: () => number;
};

/** The MAC address a node probes a network from: its own, so that an answer is to its own question. */
export function probeMac(node: string, network: string): Mac {
  return macFromSeed(`berth-probe/${node}/${network}`);
}

/**
 * Asks in every interval, a tenth of it sooner or later, for every target, and believes what the rounds say. A round that could
 * not ask, because there is no NIC or no switch, says nothing.
 */
export class Prober implements Disposable {
  readonly #options: ProberOptions;
  readonly #targets: ReadonlySet<Ip>;
  #health: ProbeHealth = unprobed;
  #isAsked = false;
  #isAnswered = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ProberOptions) {
    this.#options = options;
    this.#targets = new Set(options.probe.targets.flatMap((target) => parseIp(target) ?? []));
    this.#round();
  }

  get health(): ProbeHealth {
    return this.#health;
  }

  /** The NIC lost its carrier. */
  unplug(): void {
    if (this.#health.verdict !== 'silent') this.#believe(unplugged);
    else this.#health = unplugged;
    this.#isAsked = false;
  }

  /** Takes a frame that came in for the probing MAC. */
  hear(frame: Uint8Array): void {
    const ethernet = readEthernet(frame);
    if (!ethernet || ethernet.vlanId !== this.#options.probe.vlanId) return;
    const answered = arpAnswer(ethernet) ?? neighborAnswer(ethernet);
    if (answered === undefined || !this.#targets.has(answered) || !this.#isAsked || this.#isAnswered) return;
    this.#isAnswered = true;
    this.#believe(afterRound(this.#health, true, this.#options.probe));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #round(): void {
    const { probe, mac, way, chance } = this.#options;
    if (this.#isAsked && !this.#isAnswered) this.#believe(afterRound(this.#health, false, probe));
    this.#isAsked = this.#isAnswered = false;
    const frames = [...this.#targets].map((target) => probeFrame({ mac, target, vlanId: probe.vlanId }));
    this.#isAsked = ask(way() ?? {}, frames);
    const patience = this.#isAsked ? probe.intervalMs : Math.min(probe.intervalMs, soonMs);
    this.#timer = setTimeout(() => this.#round(), patience * (0.9 + chance() * 0.2));
  }

  #believe(health: ProbeHealth): void {
    const isNews = health.verdict !== this.#health.verdict;
    this.#health = health;
    if (isNews) this.#options.onChange();
  }
}

/** Pause after a round that could not ask. */
const soonMs = 200;
