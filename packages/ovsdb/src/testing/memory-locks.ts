/** Someone who asks for locks. */
export type LockClient = { tell(method: 'locked' | 'stolen', lock: string): void };

/** The locks of an in-memory server: for each the one who holds it and, behind, those who wait. */
export class MemoryLocks {
  readonly #queues = new Map<string, readonly LockClient[]>();

  holds(client: LockClient, lock: string): boolean {
    return this.#queues.get(lock)?.[0] === client;
  }

  isAsked(client: LockClient, lock: string): boolean {
    return this.#queues.get(lock)?.includes(client) ?? false;
  }

  /** Returns true when the client holds the lock now. */
  take(client: LockClient, lock: string, method: 'lock' | 'steal'): boolean {
    const queue = this.#queues.get(lock) ?? [];
    if (method === 'steal') {
      queue[0]?.tell('stolen', lock);
      this.#queues.set(lock, [client, ...queue.slice(1)]);
    } else this.#queues.set(lock, [...queue, client]);
    return this.holds(client, lock);
  }

  release(client: LockClient, lock: string): void {
    const held = this.holds(client, lock);
    const queue = (this.#queues.get(lock) ?? []).filter((each) => each !== client);
    this.#queues.set(lock, queue);
    if (held) queue[0]?.tell('locked', lock);
  }

  releaseAll(client: LockClient): void {
    for (const lock of [...this.#queues.keys()]) this.release(client, lock);
  }
}
