import type { Lab } from '../lab/lab.ts';
import { type Burst, Prober, type Watched } from '../prober/prober.ts';
import type { Traced } from '../trace/look.ts';
import { Tracer } from '../trace/tracer.ts';
import type { Trial } from './probes.ts';

/**
 * Who is asked what becomes of flows: `packets`, or `trace`, the switches themselves, which answer sooner and see less; or `both`,
 * packets first.
 */
export type Opinion = 'packets' | 'trace' | 'both';

export type LookOptions = {
  readonly count?: number;
  readonly waitMs?: number;
  /** From one flow to the next. */
  readonly spacingMs?: number;
};

/** What was seen of some flows at one moment. */
export type Seen = {
  readonly burst: Burst;
  /** What the burst was made of where traces were asked and no packets flew. */
  readonly traced: ReadonlyMap<string, Traced> | undefined;
};

/** How often the watch sends on each flow: as precise as its outages are, and what most of a lab's work is spent on. */
const watchIntervalMs = 200;

/** Looks at flows, by the opinion that is asked for. */
export class Eyes implements AsyncDisposable {
  readonly #prober: Prober;
  /** Undefined where packets alone are asked. */
  readonly #tracer: Tracer | undefined;
  readonly #opinion: Opinion;

  private constructor(prober: Prober, tracer: Tracer | undefined, opinion: Opinion) {
    this.#prober = prober;
    this.#tracer = tracer;
    this.#opinion = opinion;
  }

  static async open(lab: Lab, opinion: Opinion): Promise<Eyes> {
    const tracer = opinion === 'packets' ? undefined : await Tracer.open(lab);
    return new Eyes(new Prober(lab), tracer, opinion);
  }

  /** Begins to watch flows while things break; traces see a moment only, and watch nothing. */
  async watch(trials: readonly Trial[]): Promise<void> {
    if (this.#opinion === 'trace') return;
    const probes = trials.map(({ probe }) => probe);
    await this.#prober.start(probes, watchIntervalMs);
  }

  /** Ends what `watch` began. */
  async watched(): Promise<ReadonlyMap<string, Watched>> {
    return this.#opinion === 'trace' ? new Map() : await this.#prober.stop();
  }

  /** By packets, or by traces where they stand for packets. */
  async look(trials: readonly Trial[], options: LookOptions = {}): Promise<Seen> {
    if (this.#opinion !== 'trace') return { burst: await this.packets(trials, options), traced: undefined };
    const traced = await this.traces(trials);
    return { burst: burstOf(traced, trials), traced };
  }

  async packets(
    trials: readonly Trial[],
    { count = 3, waitMs = 800, spacingMs = 0 }: LookOptions = {},
  ): Promise<Burst> {
    await this.#prober.flush();
    const asks = [...new Map(trials.map(({ ask }) => [ask.ip, ask])).values()];
    const flows = trials.map(({ probe }) => probe);
    const intervalMs = Math.max(150, spacingMs * flows.length);
    return await this.#prober.burst({ flows, asks, count, waitMs, intervalMs });
  }

  /**
   * Asks switches. Where one has yet to ask for a neighbour, a packet makes it do so; what it has not learned by then is not
   * there to be learned, and other packets would fare no better. Says nothing where packets alone are asked.
   */
  async traces(trials: readonly Trial[]): Promise<ReadonlyMap<string, Traced>> {
    if (this.#tracer === undefined) return new Map();
    const traced = await this.#tracer.look(trials);
    const open = trials.filter(({ probe }) => traced.get(probe.key)?.isAsking);
    if (open.length === 0) return traced;
    await this.#prober.burst({ flows: open.map(({ probe }) => probe), count: 1, waitMs: 500 });
    const again = [...(await this.#tracer.look(open))].map(([key, told]): [string, Traced] => [
      key,
      told.isAsking && told.outcome === 'unknown' ? { ...told, outcome: 'lost' } : told,
    ]);
    return new Map([...traced, ...again]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#prober[Symbol.asyncDispose]();
  }
}

/** What traces say, as packets would have said it. */
function burstOf(traced: ReadonlyMap<string, Traced>, trials: readonly Trial[]): Burst {
  const flows = [...traced].map(([key, { outcome, requestsFrom, repliesFrom }]) => {
    const received = outcome === 'delivered' ? 1 : 0;
    return [key, { sent: 1, received, requestsFrom, repliesFrom }] as const;
  });
  const answerers = trials.map(({ probe, ask }) => [ask.ip, traced.get(probe.key)?.answerers ?? []] as const);
  return { flows: new Map(flows), answerers: new Map(answerers) };
}
