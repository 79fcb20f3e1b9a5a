import { join } from 'node:path';
import type { Host } from '../host/host.ts';
import { BridgeLink } from '../openflow/bridge-link.ts';
import type { PacketIn } from '../openflow/message.ts';
import type { NodeSwitch } from '../ovs/node-switch.ts';

export type BridgesOptions = {
  readonly host: Pick<Host, 'ovsRundir'>;
  /** A packet that a flow of ours on a provider bridge handed over. */
  readonly onPacket: (bridge: string, packet: PacketIn) => void;
  readonly onFault: (fault: unknown) => void;
};

/** The links to a node's bridges: to the integration bridge, and to every one that leads to an external network. */
export class Bridges implements Disposable {
  readonly #options: BridgesOptions;
  readonly #links = new Map<string, BridgeLink>();

  constructor(options: BridgesOptions) {
    this.#options = options;
  }

  /** Links to the bridges that there are now, and to no others. */
  follow({ integration, providers }: NodeSwitch): void {
    const wanted = new Set([integration, ...[...providers.values()].map(({ bridge }) => bridge)]);
    for (const [name, link] of this.#links) {
      if (wanted.has(name)) continue;
      link[Symbol.dispose]();
      this.#links.delete(name);
    }
    for (const name of wanted) {
      if (!this.#links.has(name)) this.#links.set(name, this.#open(name));
    }
  }

  get(bridge: string): BridgeLink | undefined {
    return this.#links.get(bridge);
  }

  [Symbol.dispose](): void {
    for (const link of this.#links.values()) link[Symbol.dispose]();
    this.#links.clear();
  }

  #open(name: string): BridgeLink {
    const { host, onPacket, onFault } = this.#options;
    return new BridgeLink({
      path: join(host.ovsRundir, `${name}.mgmt`),
      onPacket: (packet) => onPacket(name, packet),
      onFault,
    });
  }
}
