/** Remembers that something changed, and waits for it. */
export class Wake {
  readonly #signal: AbortSignal;
  #pending = false;
  /** Whether something changed since it was last looked. */
  #isRestless = false;
  #notify: (() => void) | undefined;
  #endPause: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#notify?.(), { once: true });
  }

  /** Something changed. */
  up(): void {
    this.#pending = true;
    this.#isRestless = true;
    this.#notify?.();
  }

  /** As `up`, and ends a pause. */
  now(): void {
    this.up();
    this.#isRestless = false;
    this.#endPause?.();
  }

  /** What changed so far is being looked at. */
  clear(): void {
    this.#pending = false;
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
   * Waits for what comes with a change: resolves once nothing has changed for `quietMs`, after `mostMs` at the latest, and when a
   * pause would end.
   */
  async quiet(quietMs: number, mostMs: number): Promise<void> {
    const endMs = performance.now() + mostMs;
    do {
      this.#isRestless = false;
      await this.pause(Math.min(quietMs, endMs - performance.now()));
    } while (this.#isRestless && !this.#signal.aborted && performance.now() < endMs);
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
