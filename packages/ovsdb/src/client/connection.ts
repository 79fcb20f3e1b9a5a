import { setTimeout as sleep } from 'node:timers/promises';
import { OvsdbFault } from '../value/fault.ts';
import type { Json } from '../value/json.ts';
import { formatRemote, type Remote } from '../wire/remote.ts';
import { abortFault, type Dial } from '../wire/transport.ts';
import { type BackoffOptions, backoffDelayMs } from './backoff.ts';
import { asProtocolFault, unsent } from './request-fault.ts';
import { type RequestOptions, Session } from './session.ts';

/** Whether the database can be reached just now. */
export type ConnectionStatus =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected'; readonly remote: string }
  /** `fault` says why the last connection ended or the last attempt failed; the next one follows in `retryInMs`. */
  | { readonly kind: 'disconnected'; readonly fault: OvsdbFault; readonly retryInMs: number }
  | { readonly kind: 'closed' };

export type ConnectionOptions = {
  readonly remotes: readonly Remote[];
  readonly dial: Dial;
  readonly connectTimeoutMs: number;
  readonly loadTimeoutMs: number;
  readonly inactivityProbeMs: number;
  readonly maxMessageBytes: number;
  readonly reconnect: BackoffOptions;
  /** Makes a new session ready for use; only then is it the current one. A rejection ends the session and counts as a failed attempt. */
  readonly prepare: (session: Session) => Promise<void>;
  readonly onNotification: (session: Session, method: string, params: readonly Json[]) => void;
  readonly onStatus: (status: ConnectionStatus) => void;
};

/** Keeps one prepared session to the first remote that offers one, and opens another when it ends, until closed. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #closing = new AbortController();
  #session: Session | undefined;
  #status: ConnectionStatus = { kind: 'connecting' };
  #nextRemote = 0;
  #failures = 0;
  #connectedAtMs = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  /** Tries each remote once. Rejects with the most telling fault: that of a server which answered, else of the last one tried. */
  async open(signal?: AbortSignal): Promise<void> {
    const signals = signal === undefined ? [] : [signal];
    await this.#connectToAny(AbortSignal.any([...signals, this.#closing.signal]));
  }

  /** Sends a request on the current session. Rejects at once with `disconnected`, `not-sent` when there is none. */
  request<T>(
    method: string,
    params: readonly Json[],
    accept: (result: Json) => T,
    options?: RequestOptions,
  ): Promise<T> {
    if (this.#session !== undefined) return this.#session.request(method, params, accept, options);
    return Promise.reject(this.#notConnected());
  }

  /** Ends the current session as if the connection had broken; a new one is opened, to the next remote first. */
  restart(fault: OvsdbFault): void {
    this.#session?.end(fault);
  }

  /** Ends everything. Pending requests are rejected with `closed`. */
  close(): void {
    if (this.#status.kind === 'closed') return;
    const session = this.#session;
    this.#session = undefined;
    this.#closing.abort();
    this.#setStatus({ kind: 'closed' });
    session?.end(closedFault());
  }

  async #connectToAny(signal: AbortSignal): Promise<void> {
    const { remotes } = this.#options;
    let told = new OvsdbFault('bad-remote', 'no remote was given');
    for (let tried = 0; tried < remotes.length; tried++) {
      const remote = remotes[this.#nextRemote % remotes.length];
      try {
        if (remote !== undefined) return await this.#connect(remote, signal);
      } catch (error) {
        if (!(error instanceof OvsdbFault) || error.code === 'aborted') throw error;
        if (tried === 0 || !isSilence(error) || isSilence(told)) told = error;
        this.#nextRemote++;
      }
    }
    throw told;
  }

  async #connect(remote: Remote, signal: AbortSignal): Promise<void> {
    const { dial, connectTimeoutMs, prepare } = this.#options;
    const stream = await dial(remote, { timeoutMs: connectTimeoutMs, signal });
    const session: Session = new Session(stream, {
      ...this.#options,
      onNotification: (method, params) => this.#options.onNotification(session, method, params),
      onEnd: (fault) => this.#onEnd(session, fault),
    });
    const onAbort = () => session.end(abortFault(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await prepare(session);
      if (signal.aborted) throw abortFault(signal);
    } catch (error) {
      const fault = asProtocolFault(error);
      session.end(fault);
      throw signal.aborted ? abortFault(signal) : fault;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    if (session.ended !== undefined) throw session.ended;
    this.#session = session;
    this.#connectedAtMs = performance.now();
    this.#setStatus({ kind: 'connected', remote: formatRemote(remote) });
  }

  #onEnd(session: Session, fault: OvsdbFault): void {
    if (session !== this.#session) return;
    this.#session = undefined;
    this.#nextRemote++;
    const wasStable = performance.now() - this.#connectedAtMs >= this.#options.reconnect.maxDelayMs;
    if (wasStable) this.#failures = 0;
    void this.#reconnect(fault);
  }

  /** Pauses grow over connections that break soon, too: a server that accepts and at once hangs up is not hammered. */
  async #reconnect(reason: OvsdbFault): Promise<void> {
    let fault = reason;
    for (; !this.#closing.signal.aborted; this.#failures++) {
      const step = patienceFor(fault, this.#failures);
      const retryInMs = backoffDelayMs(this.#options.reconnect, step, Math.random());
      this.#setStatus({ kind: 'disconnected', fault, retryInMs });
      try {
        await sleep(retryInMs, undefined, { signal: this.#closing.signal });
        await this.#connectToAny(this.#closing.signal);
        this.#failures++;
        return;
      } catch (error) {
        if (error instanceof OvsdbFault) fault = error;
      }
    }
  }

  #setStatus(status: ConnectionStatus): void {
    if (this.#status.kind === 'closed') return;
    this.#status = status;
    this.#options.onStatus(status);
  }

  #notConnected(): OvsdbFault {
    if (this.#status.kind === 'closed') return closedFault();
    const cause = this.#status.kind === 'disconnected' ? this.#status.fault : undefined;
    const why = cause ?? new OvsdbFault('disconnected', 'no connection yet', { retry: 'backoff' });
    return unsent('not connected', new OvsdbFault('disconnected', why.message, { retry: 'backoff', cause }));
  }
}

/** An election takes about a second, so that for its time the members are asked again without growing pauses. */
const electionAttempts = 20;

function patienceFor(fault: OvsdbFault, failures: number): number {
  return fault.code === 'not-leader' ? Math.max(0, failures - electionAttempts) : failures;
}

/** True when there was no server to say anything. */
function isSilence(fault: OvsdbFault): boolean {
  return fault.code === 'connect-failed' || fault.code === 'connect-timeout';
}

function closedFault(): OvsdbFault {
  return new OvsdbFault('closed', 'the database was closed', { outcome: 'not-sent' });
}
