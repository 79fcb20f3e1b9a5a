import {
  analyse,
  type Controller,
  type ExternalFlow,
  type Fabric,
  type Failure,
  type FailureSet,
} from '@berth/core';
import type { Lab } from '../lab/lab.ts';
import type { Watched } from '../prober/prober.ts';
import { untilAtRest, untilPutBack } from './at-rest.ts';
import {
  type DrilledCase,
  type DrilledFlow,
  drilledCase,
  isContradicted,
  withSecondOpinion,
} from './drilled-case.ts';
import { Eyes, type Opinion, type Seen } from './eyes.ts';
import { readPlaces } from './places.ts';
import { type Trial, type Trials, trialsOf } from './probes.ts';
import { forgetFlows, pause, ripen } from './settle.ts';

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

/** How many flows are watched while things break; the next time it is others. */
const watchedAtMost = 60;

/** How often a look that disagrees is taken again, and how far apart. */
const furtherLooks = 2;
const furtherLookMs = 2_500;

/**
 * Breaks a lab for real, again and again, and compares with what the analysis says. Between two cases everything is healed
 * and seen to work as before. Throws `LabFault` `lab-timed-out` when a lab does not come to rest.
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
  /** What is seen at rest, in lines; none where it is not known yet. */
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

  #putBack(): Promise<Fabric> {
    const { readFabric, signal } = this.#options;
    return untilPutBack(readFabric, this.#whole, signal);
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

  async #rest(): Promise<Seen> {
    const { lab, signal } = this.#options;
    const { trials } = this.#trials;
    const isSilent = this.#healthy.length === 0 && this.#isSilent();
    const resting = { lab, eyes: this.#eyes, trials, isSilent, signal };
    const { seen, lines } = await untilAtRest(resting, this.#healthy);
    this.#healthy = lines;
    return seen;
  }

  /** Whether nothing is to come through while nothing is broken: then there is nothing to wait for. */
  #isSilent(): boolean {
    const flows = this.#trials.trials.map(({ flow }) => flow);
    const { verdicts } = analyse({ fabric: this.#fabric, flows, failures: [] });
    return verdicts.every(({ after }) => after.outcome === 'lost');
  }

  #pause(ms: number): Promise<void> {
    return pause(ms, this.#options.signal);
  }
}
