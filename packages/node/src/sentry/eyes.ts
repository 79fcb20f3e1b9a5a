import type { Host } from '../host/host.ts';
import type { BridgeLink } from '../openflow/bridge-link.ts';
import { type Claims, Southbound } from '../order/southbound.ts';
import { type FlowsState, FlowsWatch } from '../ovs/flows-watch.ts';
import type { NodeSwitch } from '../ovs/node-switch.ts';
import { type ControllerState, watchController } from '../ovs/ovn-controller.ts';

export type EyesOptions = {
  readonly host: Host;
  readonly onChange: () => void;
  readonly onFault: (fault: unknown) => void;
};

/** How often ovn-controller and its flows are looked at. */
const lookMs = 500;

/** What is seen of a node without touching it: ovn-controller, whether its flows are installed, and what SB says. */
export class Eyes implements AsyncDisposable {
  readonly #options: EyesOptions;
  readonly #watch: Disposable;
  #controller: ControllerState | undefined;
  #flows: FlowsWatch | undefined;
  #southbound: Southbound | undefined;
  /** The chassis and the remotes that it is of. */
  #southboundPlace = '';

  constructor(options: EyesOptions) {
    this.#options = options;
    this.#watch = watchController({
      rundir: options.host.ovnRundir,
      intervalMs: lookMs,
      onChange: (state) => {
        if (this.#controller?.running === false && state.running) this.#flows?.controllerStarted();
        this.#controller = state;
        options.onChange();
      },
    });
  }

  /** Whether ovn-controller runs, and how; undefined while it was not looked at. */
  get controller(): ControllerState | undefined {
    return this.#controller;
  }

  /** Whether flows are installed; undefined while that was not looked at. */
  get flows(): FlowsState | undefined {
    return this.#flows?.state;
  }

  /** See `Southbound`. */
  get claims(): Claims | undefined {
    return this.#southbound?.claims;
  }

  /** SB says that there is no such chassis. */
  get hasLeft(): boolean {
    return this.#southbound?.hasLeft ?? false;
  }

  /** Whether SB can be reached. */
  get isConnected(): boolean {
    return this.#southbound?.isConnected ?? false;
  }

  /** Turns to what the node's database names. `link` leads to the integration bridge. */
  follow({ systemId, southbound }: NodeSwitch, link: BridgeLink | undefined): void {
    const { host, onChange, onFault } = this.#options;
    if (link) this.#flows ??= new FlowsWatch({ link, intervalMs: lookMs, onChange });
    const place = [systemId, ...southbound].join();
    if (systemId === undefined || southbound.length === 0 || place === this.#southboundPlace) return;
    const before = this.#southbound;
    this.#southboundPlace = place;
    this.#southbound = new Southbound({ host, systemId, remotes: southbound, onChange, onFault });
    before?.[Symbol.asyncDispose]().catch(onFault);
  }

  /** Turns away from the integration bridge, whose link is to close. */
  leaveBridge(): void {
    this.#flows?.[Symbol.dispose]();
    this.#flows = undefined;
  }

  /** Looks for ovn-controller no more, so that nothing changes while the rest comes to its end. */
  shut(): void {
    this.#watch[Symbol.dispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.shut();
    this.leaveBridge();
    await this.#southbound?.[Symbol.asyncDispose]();
  }
}
