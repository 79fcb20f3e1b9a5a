import type { NodeOrder } from '@berth/api';
import { parseMac } from '@berth/net';
import type { Host } from '../host/host.ts';
import type { BridgeLink } from '../openflow/bridge-link.ts';
import { Addresses } from '../order/addresses.ts';
import { addressesIn } from '../order/duty.ts';
import { fencesNow, type OrderedFence } from '../order/fence.ts';
import { fenceFlows } from '../order/fence-flows.ts';
import type { Memory } from '../order/memory.ts';
import { Releases } from '../order/releases.ts';
import type { GatewayPorts } from '../order/southbound.ts';
import type { NodeSwitch } from '../ovs/node-switch.ts';
import type { ControllerState } from '../ovs/ovn-controller.ts';
import { AddressChecks } from '../uplink/address-checks.ts';
import { Uplinks } from '../uplink/uplinks.ts';
import { ask } from '../uplink/way.ts';
import { Bridges } from './bridges.ts';
import { followsSb } from './controller-report.ts';
import type { Eyes } from './eyes.ts';
import type { ReportContent } from './reporter.ts';

export type HandsOptions = {
  readonly host: Host;
  /** What the hands before these left. */
  readonly memory: HandsMemory;
  readonly onChange: () => void;
  readonly onFault: (fault: unknown) => void;
};

type Spec = NodeOrder['spec'];

type HandsMemory = Pick<Memory, 'held' | 'fenced' | 'gateways'>;

/** What was found on the wires. */
export type Felt = Required<Pick<ReportContent, 'uplinks' | 'checked'>>;

/** What acts on a node's bridges as its order says: asks the wires, announces and flushes addresses, fences, has gateway ports let go of. Letting go leaves flows as they are. */
export class Hands implements Disposable {
  readonly #bridges: Bridges;
  readonly #uplinks: Uplinks;
  readonly #addresses: Addresses;
  readonly #checks: AddressChecks;
  readonly #releases: Releases;
  #fenced: readonly OrderedFence[];

  constructor({ host, memory, onChange, onFault }: HandsOptions) {
    const bridges = new Bridges({
      host,
      onPacket: (bridge, packet) => {
        this.#uplinks.hear(bridge, packet);
        this.#checks.hear(bridge, packet);
      },
      onFault,
    });
    const uplinks = new Uplinks({ node: host.node, bridges, onChange, chance: Math.random });
    this.#bridges = bridges;
    this.#uplinks = uplinks;
    this.#addresses = new Addresses({ bridges, rundir: host.ovsRundir, held: memory.held, onFault });
    this.#checks = new AddressChecks({
      node: host.node,
      send: (network, frames) => ask(uplinks.wayTo(network) ?? {}, frames),
      onChange,
      nowMs: () => performance.now(),
    });
    this.#releases = new Releases({ rundir: host.ovnRundir, held: gatewaysIn(memory), onFault });
    this.#fenced = memory.fenced;
  }

  /** Addresses and gateway ports that are held here, and fences that are up: what those who come after have to know. */
  get memory(): HandsMemory {
    return {
      held: [...this.#addresses.held],
      fenced: [...this.#fenced],
      gateways: Object.fromEntries(this.#releases.held),
    };
  }

  get fenced(): readonly OrderedFence[] {
    return this.#fenced;
  }

  /** Whether every uplink has been judged. */
  get areUplinksKnown(): boolean {
    return this.#uplinks.areKnown;
  }

  /** Reaches for the bridges that there are now, and gives the link to the integration bridge. */
  reach(nodeSwitch: NodeSwitch): BridgeLink | undefined {
    this.#bridges.follow(nodeSwitch);
    return this.#bridges.get(nodeSwitch.integration);
  }

  /** Does what the order asks for and what is seen allows; without an order nothing is asked for. */
  carryOut(nodeSwitch: NodeSwitch, spec: Spec | undefined, eyes: Eyes): Felt {
    const { providers } = nodeSwitch;
    const uplinks = this.#uplinks.follow(providers, spec?.probes ?? [], performance.now());
    const checked = this.#checks.follow(providers, spec?.checks ?? []);
    this.#addresses.follow(nodeSwitch, addressesIn(spec?.addresses ?? []), eyes.claims);
    this.#releases.follow({
      gateways: eyes.claims?.gateways,
      isFollowed:
        eyes.controller !== undefined && eyes.flows !== undefined && followsSb(eyes.controller, eyes.flows),
      flows: this.#bridges.get(nodeSwitch.integration)?.connection,
    });
    if (eyes.controller) this.#fence(nodeSwitch, spec, eyes, eyes.controller);
    return { uplinks, checked };
  }

  [Symbol.dispose](): void {
    this.#uplinks[Symbol.dispose]();
    this.#addresses[Symbol.dispose]();
    this.#checks[Symbol.dispose]();
    this.#releases[Symbol.dispose]();
    this.#bridges[Symbol.dispose]();
  }

  #fence({ providers }: NodeSwitch, spec: Spec | undefined, eyes: Eyes, controller: ControllerState): void {
    this.#fenced = fencesNow({
      fenced: this.#fenced,
      ordered: spec?.fences ?? [],
      held: eyes.hasLeft ? [] : this.#addresses.held,
      controller,
      areFlowsFresh: eyes.flows?.areFresh ?? false,
    });
    for (const provider of providers.values()) {
      const answers = this.#uplinks.flows(provider, this.#checks.asks(provider.network));
      const flows = [...answers, ...fenceFlows(provider, this.#fenced)];
      this.#bridges.get(provider.bridge)?.want(flows);
    }
  }
}

function gatewaysIn({ gateways }: HandsMemory): GatewayPorts {
  return new Map(
    Object.entries(gateways).flatMap(([port, text]) => {
      const mac = parseMac(text);
      return mac === undefined ? [] : [[port, mac] as const];
    }),
  );
}
