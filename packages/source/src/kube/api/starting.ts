/** For how long an API server that is not ready is taken not to know its roles yet, in ms. */
const startMs = 60_000;

/** For how long an API server that was ready is not asked again, in ms. */
const readyMs = 5_000;

/**
 * Tells a right that is missing from one that an API server does not know of yet: it answers before it has read its roles, and refuses everything
 * until then. It says itself when it is ready (`/readyz`), which it may refuse to say as well, for as long as it knows no roles.
 */
export class Starting {
  readonly #ready: () => Promise<number>;
  readonly #nowMs: () => number;
  #sinceMs: number | undefined;
  #readyAtMs: number | undefined;

  /** `ready` gives the status of the answer to `/readyz`; 0 where there is none. */
  constructor(ready: () => Promise<number>, nowMs = () => performance.now()) {
    this.#ready = ready;
    this.#nowMs = nowMs;
  }

  /** It could not be reached: what answers next may have just started. */
  lost(): void {
    this.#readyAtMs = undefined;
    this.#sinceMs = undefined;
  }

  /** Whether a refusal just now says nothing of our rights. */
  async isOn(): Promise<boolean> {
    const nowMs = this.#nowMs();
    if (this.#readyAtMs !== undefined && nowMs - this.#readyAtMs < readyMs) return false;
    const status = await this.#ready();
    const isStarting = status === 0 || status === 403 || status >= 500;
    this.#readyAtMs = isStarting ? undefined : nowMs;
    if (isStarting) this.#sinceMs ??= nowMs;
    else this.#sinceMs = undefined;
    // Some let nobody see how it is.
    return this.#sinceMs !== undefined && nowMs - this.#sinceMs < startMs;
  }
}
