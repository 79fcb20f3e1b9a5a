import type { NodeOrder, NodeReport } from '@berth/api';
import { flowOf } from '../openflow/flow.ts';
import { type Flow, type PacketIn, reservedPort } from '../openflow/message.ts';
import type { NodeSwitch, ProviderBridge } from '../ovs/node-switch.ts';
import type { Bridges } from '../sentry/bridges.ts';
import { afterSight, type UplinkHealth, unknownUplink } from './hysteresis.ts';
import { Prober, probeMac } from './prober.ts';
import { type Way, wayTo } from './way.ts';

type OrderedProbe = NodeOrder['spec']['probes'][number];

/** What a report says of an uplink. */
export type ReportedUplink = NonNullable<NodeReport['status']['uplinks']>[number];

export type UplinksOptions = {
  readonly node: string;
  readonly bridges: Bridges;
  readonly onChange: () => void;
  readonly chance: () => number;
};

type Running = { readonly key: string; readonly probe: OrderedProbe; readonly prober: Prober };

/** Priority of the flows that take answers to our probes, above all that others may have on a provider bridge. */
const probePriority = 40_000;

/** The uplinks of a node: their NICs' carrier, and what their probes say. */
export class Uplinks implements Disposable {
  readonly #options: UplinksOptions;
  readonly #health = new Map<string, UplinkHealth>();
  #running: readonly Running[] = [];
  #providers: NodeSwitch['providers'] = new Map();

  constructor(options: UplinksOptions) {
    this.#options = options;
  }

  /** Probes as ordered, over the bridges as they are; gives what is believed of each network now. */
  follow(
    providers: NodeSwitch['providers'],
    probes: readonly OrderedProbe[],
    nowMs: number,
  ): readonly ReportedUplink[] {
    this.#providers = providers;
    this.#run(probes);
    for (const network of [...this.#health.keys()]) if (!providers.has(network)) this.#health.delete(network);
    return [...providers.values()].map((provider) => this.#judge(provider, nowMs));
  }

  /** Every probe that can be sent has said something. */
  get areKnown(): boolean {
    return this.#running.every(({ probe, prober }) => {
      const carrier = carrierOf(this.#providers.get(probe.network));
      return carrier === undefined || prober.health.verdict !== 'unknown';
    });
  }

  /** The flows of a provider bridge that take the answers, also where only others ask there. */
  flows({ network, nics }: ProviderBridge, isAsked = false): readonly Flow[] {
    if (!isAsked && !this.#running.some(({ probe }) => probe.network === network)) return [];
    const ethDst = probeMac(this.#options.node, network);
    return nics.map(({ number }) =>
      flowOf({
        priority: probePriority,
        match: { inPort: number, ethDst },
        outputs: [reservedPort.controller],
      }),
    );
  }

  /** The way to a network; undefined where the node does not lead there. */
  wayTo(network: string): Way | undefined {
    return wayTo(this.#providers.get(network), this.#options.bridges);
  }

  /** Takes what a bridge handed over. */
  hear(bridge: string, { frame }: PacketIn): void {
    for (const { probe, prober } of this.#running) {
      if (this.#providers.get(probe.network)?.bridge === bridge) prober.hear(frame);
    }
  }

  [Symbol.dispose](): void {
    for (const { prober } of this.#running) prober[Symbol.dispose]();
    this.#running = [];
  }

  #run(probes: readonly OrderedProbe[]): void {
    const wanted = probes
      .filter(({ targets }) => targets.length > 0)
      .map((probe) => ({ key: JSON.stringify(probe), probe }));
    const keys = new Set(wanted.map(({ key }) => key));
    const kept = this.#running.filter(({ key }) => keys.has(key));
    for (const { key, prober } of this.#running) if (!keys.has(key)) prober[Symbol.dispose]();
    const present = new Set(kept.map(({ key }) => key));
    const added = wanted.filter(({ key }) => !present.has(key));
    this.#running = [...kept, ...added.map((each) => ({ ...each, prober: this.#start(each.probe) }))];
  }

  #start(probe: OrderedProbe): Prober {
    const { node, onChange, chance } = this.#options;
    return new Prober({
      mac: probeMac(node, probe.network),
      probe,
      way: () => this.wayTo(probe.network),
      onChange,
      chance,
    });
  }

  #judge(provider: ProviderBridge, nowMs: number): ReportedUplink {
    const { network } = provider;
    const carrier = carrierOf(provider);
    const running = this.#running.filter(({ probe }) => probe.network === network);
    if (carrier === false) for (const { prober } of running) prober.unplug();
    const probes = running.map(({ prober }) => prober.health);
    const health = afterSight(this.#health.get(network) ?? unknownUplink, { carrier, probes }, nowMs);
    this.#health.set(network, health);
    const answers =
      probes.length === 0 || probes.some(({ verdict }) => verdict === 'unknown')
        ? probes.some(({ verdict }) => verdict === 'answers') || undefined
        : probes.some(({ verdict }) => verdict === 'answers');
    const message = messageOf(provider, carrier, running, health);
    return {
      network,
      state: health.state,
      ...(carrier !== undefined && { carrier }),
      ...(answers !== undefined && { answers }),
      ...(message !== undefined && { message }),
    };
  }
}

/** A bridge has one NIC or, to carry on without one, several: any of them will do. */
function carrierOf(provider: ProviderBridge | undefined): boolean | undefined {
  const nics = provider?.nics ?? [];
  if (nics.some(({ carrier }) => carrier === true)) return true;
  return nics.length > 0 && nics.every(({ carrier }) => carrier === false) ? false : undefined;
}

function messageOf(
  { bridge, nics }: ProviderBridge,
  carrier: boolean | undefined,
  running: readonly Running[],
  { state, isHeld }: UplinkHealth,
): string | undefined {
  const names = nics.map(({ name }) => name).join(', ');
  if (nics.length === 0) return `bridge ${bridge} has no NIC`;
  if (carrier === false) return `${names} has no carrier`;
  if (isHeld)
    return 'it answers again, but was lost soon after it came back: it stays down for up to a minute';
  const silent = running.filter(({ prober }) => prober.health.verdict === 'silent');
  if (silent.length > 0) {
    const asked = silent.map(({ probe }) => `${probe.targets.join(', ')} on VLAN ${probe.vlanId}`);
    return `no answer through ${names} from ${asked.join('; ')}`;
  }
  return state === 'Unknown' ? 'not tried yet' : undefined;
}
