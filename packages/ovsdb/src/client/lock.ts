import { Listeners } from '../replica/listeners.ts';

/**
 * A lock of the server (RFC 7047 section 4.1.8). It belongs to the connection: while that is down it is not held, and it is asked for again on the
 * next one. Members of a cluster each have locks of their own, so that two clients may hold one lock: there it is no protection.
 */
export type Lock = AsyncDisposable & {
  readonly name: string;
  /** True while the server says that this client holds it. An `assert` of it holds just then. */
  readonly held: boolean;
  /** Calls `listener` each time the lock is gained or lost, until the returned function is called. */
  onChange(listener: (held: boolean) => void): () => void;
  /** Gives it up, or no longer waits for it. */
  release(): Promise<void>;
};

/** A lock and what the connection does to it. */
export class LockState {
  readonly name: string;
  readonly #listeners = new Listeners<boolean>();
  #held = false;

  constructor(name: string) {
    this.name = name;
  }

  get held(): boolean {
    return this.#held;
  }

  set(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    this.#listeners.tell(held);
  }

  /** The public face. */
  lock(release: () => Promise<void>): Lock {
    const isHeld = () => this.#held;
    return {
      name: this.name,
      get held() {
        return isHeld();
      },
      onChange: (listener) => this.#listeners.add(listener),
      release,
      [Symbol.asyncDispose]: release,
    };
  }
}
