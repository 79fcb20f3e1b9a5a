import type { CallObserver } from '../api/api.ts';
import { askedRight, formatRight, type Right } from './right.ts';

/** Answers that say nothing about rights: none at all, credentials, throttling; a 403 without a right is admission's. */
const silent: ReadonlySet<number> = new Set([0, 401, 403, 429]);

/**
 * How long a right has to be missing before it is told, in ms: an API server that starts knows its roles late, and would have everybody
 * complain of rights that he has.
 */
const usualSettleMs = 2_000;

/**
 * For how long a right counts that nobody asks for any more, in ms. What is refused is tried again several times in it; where nothing
 * is, as what was to be written is gone, nobody waits for it.
 */
const askedForMs = 60_000;

/** A right that we turned out to lack. */
type Missing = {
  readonly right: Right;
  /** What was asked for when it was missed. */
  readonly asked: string;
  /** When it was missed last, ms. */
  missedMs: number;
  isTold: boolean;
  timer?: NodeJS.Timeout;
};

/** Told of each right once when a call is refused for the lack of it, and once when it is there. */
export type RightsObserver = {
  missing(right: Right): void;
  granted(right: Right): void;
};

/**
 * The rights that we turned out to lack, by the API server's answers to what we asked for anyhow: nothing is asked for its
 * own sake. A right is there again once a call like the one that was refused is let through.
 */
export class MissingRights {
  readonly #observer: RightsObserver;
  readonly #settleMs: number;
  readonly #nowMs: () => number;
  readonly #missing = new Map<string, Missing>();

  /** Tells of what was missing for `settleMs`; with 0 at once. */
  constructor(observer: RightsObserver, settleMs = usualSettleMs, nowMs = () => performance.now()) {
    this.#observer = observer;
    this.#settleMs = settleMs;
    this.#nowMs = nowMs;
  }

  /** Those that were told of, are not there yet, and are still asked for. */
  get all(): readonly Right[] {
    const sinceMs = this.#nowMs() - askedForMs;
    return [...this.#missing.values()].flatMap(({ right, missedMs, isTold }) =>
      isTold && missedMs >= sinceMs ? [right] : [],
    );
  }

  /** To be told of every call. */
  readonly called: CallObserver = (call) => {
    const { status, refused } = call;
    if (refused) this.#refused(refused, formatRight(askedRight(call)));
    else if (this.#missing.size > 0 && status < 500 && !silent.has(status))
      this.#letThrough(formatRight(askedRight(call)));
  };

  #refused(right: Right, asked: string): void {
    const key = formatRight(right);
    const known = this.#missing.get(key);
    if (known !== undefined) {
      known.missedMs = this.#nowMs();
      return;
    }
    // Applying what is not there takes two rights: the second is missed once the first is there.
    if (key !== asked) this.#letThrough(asked, key);
    const missing: Missing = { right, asked, missedMs: this.#nowMs(), isTold: false };
    this.#missing.set(key, missing);
    const tell = (): void => {
      missing.isTold = true;
      this.#observer.missing(right);
    };
    if (this.#settleMs === 0) tell();
    else missing.timer = setTimeout(tell, this.#settleMs).unref();
  }

  #letThrough(asked: string, except?: string): void {
    for (const [key, each] of this.#missing) {
      if (each.asked !== asked || key === except) continue;
      this.#missing.delete(key);
      clearTimeout(each.timer);
      if (each.isTold) this.#observer.granted(each.right);
    }
  }
}

/** What to say of a right that is missing. */
export function missingRightText(right: Right): { readonly message: string; readonly cure: string } {
  return {
    message: `not allowed to ${formatRight(right)}`,
    cure: 'what takes it waits; install the roles of the chart that comes with this release of Berth',
  };
}
