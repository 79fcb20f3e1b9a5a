/**
 * Does something for each key at once and again after some pauses, while it is still worth it. Starting a key again
 * begins anew.
 */
export class Repeater<T> implements Disposable {
  readonly #delaysMs: readonly number[];
  readonly #act: (item: T) => void;
  readonly #timers = new Map<string, readonly NodeJS.Timeout[]>();

  /** `act` must itself see whether it is still worth it. */
  constructor(delaysMs: readonly number[], act: (item: T) => void) {
    this.#delaysMs = delaysMs;
    this.#act = act;
  }

  start(key: string, item: T): void {
    this.stop(key);
    const [now, later] = [
      this.#delaysMs.filter((delay) => delay === 0),
      this.#delaysMs.filter((delay) => delay > 0),
    ];
    const timers = later.map((delay, place) =>
      setTimeout(() => {
        if (place === later.length - 1) this.#timers.delete(key);
        this.#act(item);
      }, delay),
    );
    this.#timers.set(key, timers);
    for (const _ of now) this.#act(item);
  }

  stop(key: string): void {
    for (const timer of this.#timers.get(key) ?? []) clearTimeout(timer);
    this.#timers.delete(key);
  }

  [Symbol.dispose](): void {
    for (const key of [...this.#timers.keys()]) this.stop(key);
  }
}
