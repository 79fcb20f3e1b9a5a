import type { Controller, ExternalFlow, Fabric, Failure, FailureSet } from '@berth/core';
import { LabFault } from '../fault.ts';
import type { Lab } from '../lab/lab.ts';
import type { Watched } from '../prober/prober.ts';
import {
  type DrilledCase,
  type DrilledFlow,
  drilledCase,
  isContradicted,
  seenLines,
  withSecondOpinion,
} from './drilled-case.ts';
import { Eyes, type Opinion, type Seen } from './eyes.ts';
import { readPlaces } from './places.ts';
import { type Trial, type Trials, trialsOf } from './probes.ts';
import { forgetFlows, ripen } from './settle.ts';
import { stillMissing } from './still-missing.ts';

export type DrillOptions = {
  readonly lab: Lab;
  /** Reads it, with nothing broken. It is read again once packets have flown, as OVN learns from them. */
  readonly readFabric: () => Promise<Fabric>;
  readonly flows: readonly ExternalFlow[];
  /** The controller that runs on the lab, as `readFabric` last read it: it acts, and need not leave things as they were. */
  readonly controller?: () => Controller | undefined;
  /** How long to wait after something broke: for its detection, the claim, and the announcement. */
  readonly settleMs: number;
  /** `packets` when absent. */
  readonly opinion?: Opinion;
  readonly signal?: AbortSignal;
  /** Just before what was broken is healed. */
  readonly onObserved?: (drilled: DrilledCase) => void | Promise<void>;
};

const healthyTimeoutMs = 90_000;

/** A cut wire tells nobody: ovn-controller asks SB for a sign of life after 5 s and gives up after 5 more. */
const sessionLossMs = 12_000;

/** What is healed by starting an ovn-controller. */
const restarting: ReadonlySet<Failure['kind']> = new Set([
  'host',
  'ovn-controller',
  'ovn-controller-exit',
  'zombie',
]);

/** How long ovn-controller deletes no patch port after its start (OVN 23.03, `daemon_started_recently`). */
const youthMs = 11_000;

/** An uplink counts as up after five rounds of a second, an order follows a claim after three. */
const controllerRestMs = 9_000;

/** How often a healed lab is looked at before its datapaths are made to forget what they cached. */
const looksBeforeForgetting = 10;

/** How many flows are watched while things break; the next time it is others. */
const watchedAtMost = 60;

/** How often a look that disagrees is taken again, and how far apart. */
const furtherLooks = 2;
const furtherLookMs = 2_500;

/**
 * Breaks a lab for real, again and again, and compares with what the analysis says. Between two cases everything is healed
 * and seen to work as before. Throws {@link LabFault} `lab-timed-out` when a lab does not come to rest.
 */
export class Drill implements AsyncDisposable {
  readonly #options: DrillOptions;
  readonly #eyes: Eyes;
  readonly #nodes: ReadonlyMap<string, string>;
  readonly #trials: Trials;
  #isAtRest = true;
  #turn = 0;
  /** When an ovn-controller was started last. */
  #healedMs = performance.now();
  #healthy: readonly string[] = [];
  #fabric: Fabric;
  /** The fabric with nothing broken. */
  #whole: Fabric;
  #base: DrilledCase = { failures: [], flows: [], isLate: false, isStale: false };
  /** Keys of flows of which the analysis is wrong with nothing broken: a further look will not change that. */
  #wrongBefore: ReadonlySet<string> = new Set();

  private constructor(options: DrillOptions, fabric: Fabric, eyes: Eyes, trials: Trials) {
    this.#options = options;
    this.#fabric = fabric;
    this.#whole = fabric;
    this.#eyes = eyes;
    this.#nodes = new Map(options.lab.plan.nodes.map(({ name, systemId }) => [name, systemId]));
    this.#trials = trials;
  }

  /** Finds out what can be tried, and waits until the lab is at rest. */
  static async open(options: DrillOptions): Promise<Drill> {
    const fabric = await options.readFabric();
    const trials = trialsOf(options.flows, fabric, await readPlaces(options.lab));
    const eyes = await Eyes.open(options.lab, options.opinion ?? 'packets');
    const drill = new Drill(options, fabric, eyes, trials);
    try {
      // What nobody has sent anything to yet, switches have yet to ask for.
      if (options.opinion === 'trace') await eyes.packets(trials.trials);
      const seen = await drill.#rest();
      drill.#fabric = await options.readFabric();
      drill.#whole = drill.#fabric;
      drill.#base = await drill.#withTraces(drill.#compare([], seen, new Map()));
      const wrong = drill.#base.flows.filter(({ agrees }) => agrees === 'disagree');
      drill.#wrongBefore = new Set(wrong.map(({ trial }) => trial.probe.key));
      return drill;
    } catch (fault) {
      await drill[Symbol.asyncDispose]();
      throw fault;
    }
  }

  get untried(): Trials['untried'] {
    return this.#trials.untried;
  }

  /** How things were with nothing broken. */
  get base(): DrilledCase {
    return this.#base;
  }

  /** Breaks the sets in order, each when the one before has settled; looks; heals. Begins when the lab is at rest. */
  async run(failures: readonly FailureSet[]): Promise<DrilledCase> {
    const { lab, settleMs, onObserved } = this.#options;
    await this.rest();
    if (failures.flat().some(({ kind }) => kind === 'mapping')) {
      await this.#pause(this.#healedMs + youthMs - performance.now());
      await ripen(lab);
    }
    this.#isAtRest = false;
    try {
      await this.#eyes.watch(this.#watched());
      for (const [place, set] of failures.entries()) {
        await lab.fail(set);
        const isCut = place < failures.length - 1 && set.some(({ kind }) => kind === 'control');
        await this.#pause(isCut ? sessionLossMs : settleMs);
      }
      const watched = await this.#eyes.watched();
      let drilled = this.#compare(failures, await this.#eyes.look(this.#trials.trials), watched);
      for (let again = 0; again < furtherLooks && this.#isDoubtful(drilled); again += 1) {
        await this.#pause(furtherLookMs);
        drilled = { ...(await this.#lookAgain(drilled, watched)), isLate: true };
      }
      drilled = await this.#withTraces(drilled);
      await onObserved?.(drilled);
      return this.#isDoubtful(drilled) ? await this.#withoutCaches(drilled, watched) : drilled;
    } finally {
      await lab.heal();
      if (failures.flat().some(({ kind }) => restarting.has(kind))) this.#healedMs = performance.now();
    }
  }

  /** What is seen once no datapath has a cached flow; the case as it was when that makes no difference. */
  async #withoutCaches(drilled: DrilledCase, watched: ReadonlyMap<string, Watched>): Promise<DrilledCase> {
    await forgetFlows(this.#options.lab);
    const anew = await this.#lookAgain(drilled, watched);
    if (this.#isDoubtful(anew)) return drilled;
    return await this.#withTraces({ ...anew, isLate: true, isStale: true });
  }

  /** Asks switches too, where both opinions are asked for; again where they contradict packets, which look a moment earlier. */
  async #withTraces(drilled: DrilledCase): Promise<DrilledCase> {
    if (this.#options.opinion !== 'both') return drilled;
    const add = async (to: DrilledCase, trials: readonly Trial[]): Promise<DrilledCase> =>
      withSecondOpinion(to, await this.#eyes.traces(trials), this.#nodes);
    let told = await add(drilled, this.#trials.trials);
    for (let again = 0; again < furtherLooks; again += 1) {
      const contradicted = told.flows.filter(isContradicted);
      if (contradicted.length === 0) break;
      await this.#pause(furtherLookMs / 2);
      told = await add(
        told,
        contradicted.map(({ trial }) => trial),
      );
    }
    return told;
  }

  /**
   * Looks again at the flows that disagree, one after the other: where two chassis have one hardware address, a reply goes where the
   * last frame came from, and that is to be the flow's own.
   */
  async #lookAgain(drilled: DrilledCase, watched: ReadonlyMap<string, Watched>): Promise<DrilledCase> {
    const doubtful = drilled.flows.filter((flow) => this.#disagrees(flow)).map(({ trial }) => trial);
    const seen = await this.#eyes.look(doubtful, { spacingMs: 25 });
    const again = this.#compare(drilled.failures, seen, watched, doubtful).flows;
    const anew = new Map(again.map((flow) => [flow.trial.probe.key, flow]));
    return { ...drilled, flows: drilled.flows.map((flow) => anew.get(flow.trial.probe.key) ?? flow) };
  }

  /** Waits until the lab, which is healed, is again what it was before anything broke. */
  async rest(): Promise<void> {
    if (!this.#isAtRest) await (this.#options.controller?.() ? this.#newRest() : this.#rest());
    this.#isAtRest = true;
  }

  /** A controller takes its time to put things back, and some stay where they are: what is predicted next is predicted of that. */
  async #newRest(): Promise<void> {
    await this.#pause(controllerRestMs);
    await this.#putBack();
    this.#healthy = [];
    await this.#rest();
    this.#fabric = await this.#putBack();
  }

  /** Waits until gateways and nodes lack nothing that they had with nothing broken. */
  async #putBack(): Promise<Fabric> {
    const until = performance.now() + healthyTimeoutMs;
    for (;;) {
      const fabric = await this.#options.readFabric();
      const missing = stillMissing(this.#whole, fabric);
      if (missing.length === 0) return fabric;
      if (performance.now() > until) throw restless(missing);
      await this.#pause(500);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#eyes[Symbol.asyncDispose]();
  }

  /** Hairpins and connections are looked at afterwards only, and of many flows every so-manieth is watched. */
  #watched() {
    const all = this.#trials.trials.filter(
      ({ flow, probe }) => flow.direction !== 'hairpin' && probe.port === undefined,
    );
    const step = Math.ceil(all.length / watchedAtMost);
    const first = this.#turn++ % step;
    return all.filter((_, place) => place % step === first);
  }

  #compare(
    failures: readonly FailureSet[],
    seen: Seen,
    watched: ReadonlyMap<string, Watched>,
    trials = this.#trials.trials,
  ): DrilledCase {
    const prediction = {
      fabric: this.#fabric,
      controller: this.#options.controller?.(),
      nodes: this.#nodes,
    };
    return drilledCase(prediction, failures, { trials, ...seen, watched });
  }

  #isDoubtful({ flows }: DrilledCase): boolean {
    return flows.some((flow) => this.#disagrees(flow));
  }

  #disagrees({ agrees, trial }: DrilledFlow): boolean {
    return agrees === 'disagree' && !this.#wrongBefore.has(trial.probe.key);
  }

  /** Waits until two looks in a row are alike, and like those before anything was broken; gives the last. */
  async #rest(): Promise<Seen> {
    const until = performance.now() + healthyTimeoutMs;
    let before = '';
    for (let looks = 1; ; looks += 1) {
      if (looks === looksBeforeForgetting) await forgetFlows(this.#options.lab);
      this.#options.signal?.throwIfAborted();
      // Before anything was broken it is not known yet what there is to wait for.
      const isFirst = this.#healthy.length === 0;
      const { trials } = this.#trials;
      const seen = await this.#eyes.look(trials, isFirst ? {} : { count: 1, waitMs: 400 });
      const now = seenLines(trials, seen.burst);
      const text = now.join('\n');
      const wanted = isFirst ? before : this.#healthy.join('\n');
      if (text === wanted && (!isFirst || isAlive(now))) {
        this.#healthy = now;
        return seen;
      }
      if (performance.now() > until) throw restless(this.#different(now));
      before = text;
      await this.#pause(isFirst ? 2_000 : 200);
    }
  }

  #different(now: readonly string[]): readonly string[] {
    return now.filter((text, index) => text !== this.#healthy[index]);
  }

  async #pause(ms: number): Promise<void> {
    this.#options.signal?.throwIfAborted();
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
  }
}

function isAlive(now: readonly string[]): boolean {
  return now.length === 0 || now.some((text) => text.includes(': answered'));
}

function restless(different: readonly string[]): LabFault {
  return new LabFault(
    'lab-timed-out',
    `the lab did not become again what it was: ${different.slice(0, 5).join('; ')}`,
    'see berth lab status for what is broken, and berth lab heal',
  );
}
