import type { BridgeLink } from '../openflow/bridge-link.ts';

/** What there is on the integration bridge. */
export type FlowsState = {
  /** There are flows, and were at the look before. None: ovs-vswitchd was restarted and ovn-controller has not done its part. */
  readonly areInstalled: boolean;
  /** None of them is older than the ovn-controller that runs, as far as this agent saw it start. */
  readonly areFresh: boolean;
};

/** What one look saw; undefined when the switch cannot be asked. */
export type FlowsLook = {
  readonly count: number;
  /** Age of the oldest flow; only asked for while it matters. */
  readonly oldestMs: number;
};

/** Slack for ages, which the switch gives in whole seconds. */
const slackMs = 1_500;

/** What looks say; `startedMs` is how long ago ovn-controller was seen to start, undefined when it was there before. */
export function flowsState(
  before: FlowsLook | undefined,
  now: FlowsLook | undefined,
  startedMs: number | undefined,
): FlowsState {
  const areInstalled = (before?.count ?? 0) > 0 && (now?.count ?? 0) > 0;
  return {
    areInstalled,
    areFresh: areInstalled && (startedMs === undefined || (now?.oldestMs ?? Infinity) < startedMs + slackMs),
  };
}

/** A switch that was not seen in so many looks is not there. */
const vainLooks = 3;

/**
 * How long what was seen last stands of a switch that is there and gives no answer. One that is busy answers within that, while its flows go on; of
 * one that hangs for good the tunnels tell sooner.
 */
const silentMs = 12_000;

export type FlowsWatchOptions = {
  readonly link: BridgeLink;
  readonly intervalMs: number;
  readonly onChange: () => void;
  /** How long the switch may give no answer before its flows count as gone; default 12000. */
  readonly silentMs?: number;
};

/** Looks at the flows of table 0 of the integration bridge, through which every packet passes, until disposed of. */
export class FlowsWatch implements Disposable {
  readonly #options: FlowsWatchOptions;
  readonly #timer: NodeJS.Timeout;
  #state: FlowsState | undefined;
  #before: FlowsLook | undefined;
  /** Since when the switch gives no answer. */
  #silentSinceMs: number | undefined;
  #startedAtMs: number | undefined;
  #looks = 0;
  #isLooking = false;

  constructor(options: FlowsWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#look(), options.intervalMs);
  }

  /** Undefined until two looks saw something, or several in vain. What was seen last stands while the switch gives no answer, for a while. */
  get state(): FlowsState | undefined {
    return this.#state;
  }

  /** ovn-controller was seen to start: what is there now is its predecessor's. */
  controllerStarted(): void {
    this.#startedAtMs = performance.now();
    if (this.#state) this.#state = { ...this.#state, areFresh: false };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const askedMs = performance.now();
    const seen = await this.#see().catch(() => undefined);
    this.#isLooking = false;
    this.#silentSinceMs =
      seen === undefined && this.#options.link.isSilent ? (this.#silentSinceMs ?? askedMs) : undefined;
    if (this.#mayBeBusy()) return;
    const startedMs = this.#startedAtMs === undefined ? undefined : performance.now() - this.#startedAtMs;
    const state = flowsState(this.#before, seen, startedMs);
    const isEnough = (this.#before && seen) || ++this.#looks > vainLooks;
    this.#before = seen;
    if (!this.#state && !isEnough) return;
    if (state.areFresh) this.#startedAtMs = undefined;
    const { areInstalled, areFresh } = this.#state ?? {};
    this.#state = state;
    if (areInstalled !== state.areInstalled || areFresh !== state.areFresh) this.#options.onChange();
  }

  #mayBeBusy(): boolean {
    const { silentMs: patienceMs = silentMs } = this.#options;
    return this.#silentSinceMs !== undefined && performance.now() - this.#silentSinceMs < patienceMs;
  }

  async #see(): Promise<FlowsLook | undefined> {
    const { connection } = this.#options.link;
    if (!connection) return undefined;
    if (this.#startedAtMs === undefined) return { count: await connection.flowCount(), oldestMs: 0 };
    const flows = await connection.flows(0n, 0n);
    const oldestMs = flows.reduce((oldest, { durationSec }) => Math.max(oldest, durationSec * 1_000), 0);
    return { count: flows.length, oldestMs };
  }
}
