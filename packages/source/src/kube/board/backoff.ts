/** How long to wait after something failed: longer each time, each time a little different, and as long as the other side asks. */
export class Backoff {
  readonly #firstMs: number;
  readonly #longestMs: number;
  #delayMs = 0;
  #untilMs = 0;
  #fault: Error | undefined;

  constructor(firstMs: number, longestMs: number) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
  }

  /** Whether the last try failed. */
  get isFailing(): boolean {
    return this.#fault !== undefined;
  }

  /** Throws what failed last, while it is too early for another try. `nowMs` is a clock that never goes back. */
  refuse(nowMs: number): void {
    if (this.#fault && nowMs < this.#untilMs) throw this.#fault;
  }

  failed(fault: Error, nowMs: number, askedMs = 0): void {
    this.#delayMs = Math.min(Math.max(this.#delayMs * 2, this.#firstMs), this.#longestMs);
    this.#untilMs = nowMs + Math.max(this.#delayMs * (0.5 + Math.random() / 2), askedMs);
    this.#fault = fault;
  }

  succeeded(): void {
    this.#delayMs = 0;
    this.#fault = undefined;
  }
}
