import { isJsonObject, type Json } from '../value/json.ts';
import { type Lock, LockState } from './lock.ts';
import type { Session } from './session.ts';

type Request = Session['request'];

/** The locks of one database's connection. */
export class Locks {
  readonly #states = new Map<string, LockState>();

  /** Asks for a lock, or takes it from whoever has it. Rejects as a request does. */
  async take(request: Request, name: string, method: 'lock' | 'steal'): Promise<Lock> {
    const state = new LockState(name);
    await request(method, [name], (answer) => {
      state.set(isLocked(answer));
      this.#states.set(name, state);
    });
    return state.lock(() => this.#release(request, state));
  }

  /** Asks for all locks again, on a new session. */
  async renew(session: Session): Promise<void> {
    for (const state of [...this.#states.values()]) {
      await session.request('lock', [state.name], (answer) => state.set(isLocked(answer)));
    }
  }

  /** Takes the notifications `locked` and `stolen` (RFC 7047 sections 4.1.9 and 4.1.10). */
  accept(method: string, [name]: readonly Json[]): void {
    if (method !== 'locked' && method !== 'stolen') return;
    if (typeof name === 'string') this.#states.get(name)?.set(method === 'locked');
  }

  /** The connection is gone, and with it every lock. */
  drop(): void {
    for (const state of this.#states.values()) state.set(false);
  }

  async #release(request: Request, state: LockState): Promise<void> {
    if (this.#states.get(state.name) !== state) return;
    this.#states.delete(state.name);
    state.set(false);
    try {
      await request('unlock', [state.name], () => undefined);
    } catch {
      // A connection that is gone has released it already.
    }
  }
}

function isLocked(answer: Json): boolean {
  return isJsonObject(answer) && answer['locked'] === true;
}
