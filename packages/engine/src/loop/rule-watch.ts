import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { analysedTables, type Finding, failingRules } from '@berth/core';
import { changesBetween, equalValues, type Row } from '@berth/ovsdb/value';
import type { Ovn } from '../ovn/ovn.ts';
import { sameContents } from '../pass/remembering.ts';

/** What is looked at: NB, and of SB only the release. */
export type Watched = {
  readonly northbound: Pick<Ovn['northbound'], 'snapshot' | 'subscribe'>;
  readonly southbound: Pick<Ovn['southbound'], 'snapshot'>;
};

type Northbound = ReturnType<Ovn['northbound']['snapshot']>;

/** Up to so many NAT rows are looked at whenever somebody asks: it takes a few ms. */
const few = 100;

/** How long NB is left alone after a change, in ms, and how much longer than it took a look is away from the one before. */
const settleMs = 100;
const restFactor = 20;

/** How long a look may keep others waiting, in ms. */
const stepMs = 10;

/** How long a look stands aside for a pass before each of its steps at most, and how often it is looked whether that is over, in ms. */
const asideMs = 250;
const pollMs = 5;

/** Columns that others write all the time, and that decide about no packet. */
const idle: ReadonlySet<string> = new Set([
  '_version',
  'up',
  'nb_cfg',
  'nb_cfg_timestamp',
  'sb_cfg',
  'hv_cfg',
]);

const tables: ReadonlySet<string> = new Set(analysedTables.nb);

/**
 * Why rules do not work though NB has their rows: found out anew once NB has changed, and not while it has not. A small NB is looked at
 * when it is asked for; a large one beside everything else, a little at a time and for a twentieth of the time at most.
 */
export class RuleWatch implements Disposable {
  readonly #ovn: Watched;
  readonly #onChange: () => void;
  readonly #isBusy: () => boolean;
  readonly #unsubscribe: () => void;
  #seen: Northbound | undefined;
  #found: readonly Finding[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  #isClosed = false;
  #endMs = Number.NEGATIVE_INFINITY;
  #tookMs = 0;

  /**
   * `onChange` is called when something else is found than before, unless somebody just asked. While `isBusy` a look stands aside, though
   * not for ever.
   */
  constructor(ovn: Watched, onChange: () => void, isBusy: () => boolean = () => false) {
    this.#ovn = ovn;
    this.#onChange = onChange;
    this.#isBusy = isBusy;
    this.#unsubscribe = ovn.northbound.subscribe(() => this.#later());
    this.#later();
  }

  /** What is known. Of a small NB that is what is so now. */
  findings(): readonly Finding[] {
    const nb = this.#ovn.northbound.snapshot();
    if (nb.table('NAT').size > few || !this.#isNew(nb)) return this.#found;
    const look = failingRules(nb, this.#ovn.southbound.snapshot());
    for (;;) {
      const { done, value } = look.next();
      if (done) return this.#take(nb, value);
    }
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#unsubscribe();
  }

  #later(): void {
    if (this.#timer || this.#isLooking || this.#isClosed) return;
    const restMs = this.#endMs + this.#tookMs * restFactor - performance.now();
    this.#timer = setTimeout(() => void this.#look(), Math.max(settleMs, restMs));
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    this.#timer = undefined;
    this.#isLooking = true;
    await this.#standAside();
    const nb = this.#ovn.northbound.snapshot();
    if (this.#isClosed || !this.#isNew(nb)) {
      this.#isLooking = false;
      return;
    }
    const before = this.#found;
    const steps = failingRules(nb, this.#ovn.southbound.snapshot());
    let tookMs = 0;
    for (;;) {
      const startMs = performance.now();
      let step = steps.next();
      while (!step.done && performance.now() - startMs < stepMs) step = steps.next();
      tookMs += performance.now() - startMs;
      if (step.done) {
        this.#take(nb, step.value);
        break;
      }
      await this.#standAside();
      if (this.#isClosed) return;
    }
    this.#tookMs = tookMs;
    this.#endMs = performance.now();
    this.#isLooking = false;
    if (this.#found !== before) this.#onChange();
    if (this.#ovn.northbound.snapshot() !== nb) this.#later();
  }

  /** Lets go first what is at hand, and who is busy. */
  async #standAside(): Promise<void> {
    await setImmediate();
    const endMs = performance.now() + asideMs;
    while (this.#isBusy() && !this.#isClosed && performance.now() < endMs) await sleep(pollMs);
  }

  #take(nb: Northbound, found: readonly Finding[]): readonly Finding[] {
    this.#seen = nb;
    if (!sameContents(this.#found, found)) this.#found = found;
    return this.#found;
  }

  /** Whether something that decides about packets is otherwise than when it was looked at last. */
  #isNew(nb: Northbound): boolean {
    if (this.#seen === undefined) return true;
    const isNew = changesBetween(this.#seen, nb).some(
      ({ table, changes }) =>
        tables.has(table) && changes.some(({ before, after }) => differs(before, after)),
    );
    if (!isNew) this.#seen = nb;
    return isNew;
  }
}

function differs(before: Row | undefined, after: Row | undefined): boolean {
  if (!before || !after) return true;
  return Object.keys({ ...before, ...after }).some(
    (column) => !idle.has(column) && !equalValues(before[column], after[column]),
  );
}
