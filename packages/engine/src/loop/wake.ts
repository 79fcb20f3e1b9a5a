/** Remembers that something changed, and waits for it. */
export class Wake {
  readonly #signal: AbortSignal;
  #pending = false;
  /** When something changed last, on the clock of `performance`. */
  #changedMs = Number.NEGATIVE_INFINITY;
  /** Whether somebody waits for what changed. */
  #isHurried = false;
  #isGathering = false;
  #notify: (() => void) | undefined;
  #endPause: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#notify?.(), { once: true });
  }

  /** Whether something changed that nobody looks at yet. */
  get isPending(): boolean {
    return this.#pending;
  }

  /** Something changed. */
  up(): void {
    this.#pending = true;
    this.#changedMs = performance.now();
    this.#notify?.();
  }

  /** As `up`, and nothing is waited for that may come with it. */
  hurry(): void {
    this.#isHurried = true;
    this.up();
    if (this.#isGathering) this.#endPause?.();
  }

  /** As `hurry`, and ends a pause. */
  now(): void {
    this.hurry();
    this.#endPause?.();
  }

  /** What changed so far is being looked at. */
  clear(): void {
    this.#pending = false;
    this.#isHurried = false;
  }

  /** Resolves with true once something changed, with false when the signal is aborted. */
  async next(): Promise<boolean> {
    while (!this.#pending && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#notify = resolve;
      });
    }
    this.#notify = undefined;
    return !this.#signal.aborted;
  }

  /**
   * Waits for what comes with a change: resolves once nothing has changed for `quietMs`, after `mostMs` at the latest, and at once
   * where there is a hurry.
   */
  async quiet(quietMs: number, mostMs: number): Promise<void> {
    const endMs = performance.now() + mostMs;
    const leftMs = (): number => Math.min(this.#changedMs + quietMs, endMs) - performance.now();
    this.#isGathering = true;
    for (let ms = leftMs(); ms > 0 && !this.#isHurried && !this.#signal.aborted; ms = leftMs())
      await this.pause(ms);
    this.#isGathering = false;
  }

  /** Resolves after some time, or at once on `now` and when the signal is aborted. */
  async pause(delayMs: number): Promise<void> {
    if (this.#signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#endPause = undefined;
        this.#signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, delayMs);
      this.#endPause = done;
      this.#signal.addEventListener('abort', done, { once: true });
    });
  }
}
