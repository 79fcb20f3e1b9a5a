import type { Duplex } from 'node:stream';
import { OvsdbFault } from '../value/fault.ts';
import type { Json } from '../value/json.ts';
import { createFramer, type Framer } from '../wire/framing.ts';
import { formatMessage, type Message, parseMessage } from '../wire/json-rpc.ts';
import { connectionLost } from '../wire/stream-fault.ts';
import { abortFault } from '../wire/transport.ts';
import { asProtocolFault, refusal, unanswered, unsent } from './request-fault.ts';

export type SessionOptions = {
  /** Silence after which the peer is asked for an echo; the same again without a byte from it ends the session. 0 never asks. */
  readonly inactivityProbeMs: number;
  /** Silence that is allowed while contents are due: a server that gathers them answers no echo. */
  readonly loadTimeoutMs: number;
  readonly maxMessageBytes: number;
  /** Called for each notification, in order. A throw ends the session with `protocol-error`. */
  readonly onNotification: (method: string, params: readonly Json[]) => void;
  /** Called once, after every pending request was rejected. */
  readonly onEnd: (fault: OvsdbFault) => void;
};

export type RequestOptions = {
  /** True for a request whose answer may take the server long, such as the contents of a large database. */
  readonly loads?: boolean;
  /** Asks the server to drop the request (RFC 7047 section 4.1.4). The answer then is `aborted`, unless the request was done already. */
  readonly signal?: AbortSignal | undefined;
};

type Pending = {
  readonly id: number;
  readonly method: string;
  readonly params: readonly Json[];
  readonly loads: boolean;
  readonly accept: (result: Json) => void;
  readonly reject: (fault: OvsdbFault) => void;
};

/**
 * One connection from its opening to its end: requests and their answers, echo in both directions (RFC 7047 sections 4 and 4.1.11).
 * Messages are handled one after another in the order of their arrival. While the peer does not take what was written,
 * further requests wait their turn and are written out only when it does.
 */
export class Session {
  readonly #stream: Duplex;
  readonly #options: SessionOptions;
  readonly #framer: Framer;
  readonly #pending = new Map<Json, Pending>();
  readonly #probe: NodeJS.Timeout | undefined;
  #waiting: Pending[] = [];
  #nextId = 1;
  #silentMs = 0;
  #ended: OvsdbFault | undefined;

  constructor(stream: Duplex, options: SessionOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#framer = createFramer(options.maxMessageBytes);
    stream.on('data', (chunk: Uint8Array) => this.#receive(chunk));
    stream.on('drain', () => this.#sendWaiting());
    stream.on('error', (cause) => this.end(connectionLost(cause)));
    stream.on('end', () => this.end(disconnected('the server closed the connection')));
    stream.on('close', () => this.end(disconnected('the connection was closed')));
    if (options.inactivityProbeMs > 0) {
      this.#probe = setTimeout(() => this.#onSilence(), options.inactivityProbeMs).unref();
    }
  }

  /** Why the session is over; `undefined` while it lives. */
  get ended(): OvsdbFault | undefined {
    return this.#ended;
  }

  /**
   * Sends a request. `accept` turns the result into the answer at the moment the result arrives, before any later message is handled.
   * Rejects with what `accept` throws, with `request-refused` when the server answers with an error,
   * or with the fault that ended the session; its `outcome` is `not-sent` when nothing of the request was written.
   */
  request<T>(
    method: string,
    params: readonly Json[],
    accept: (result: Json) => T,
    { loads = false, signal }: RequestOptions = {},
  ): Promise<T> {
    if (this.#ended !== undefined) return Promise.reject(unsent('not connected', this.#ended));
    if (signal?.aborted === true) return Promise.reject(abortFault(signal));
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      const onAbort = () => this.#cancel(id, signal);
      const settle = () => signal?.removeEventListener('abort', onAbort);
      signal?.addEventListener('abort', onAbort, { once: true });
      const pending: Pending = {
        id,
        method,
        params,
        loads,
        accept: (result) => {
          settle();
          resolve(accept(result));
        },
        reject: (fault) => {
          settle();
          reject(signal?.aborted === true && isCanceled(fault) ? abortFault(signal) : fault);
        },
      };
      this.#waiting.push(pending);
      this.#sendWaiting();
    });
  }

  /** Closes the connection. Pending requests are rejected with a fault of the same code. */
  end(fault: OvsdbFault): void {
    if (this.#ended !== undefined) return;
    this.#ended = fault;
    clearTimeout(this.#probe);
    this.#stream.destroy();
    for (const { reject, method } of this.#pending.values()) reject(unanswered(method, fault));
    this.#pending.clear();
    for (const { reject, method } of this.#waiting) reject(unsent(method, fault));
    this.#waiting = [];
    this.#options.onEnd(fault);
  }

  #sendWaiting(): void {
    let sent = 0;
    for (const pending of this.#waiting) {
      if (this.#stream.writableNeedDrain || this.#ended !== undefined) break;
      sent++;
      this.#pending.set(pending.id, pending);
      this.#send({ kind: 'request', id: pending.id, method: pending.method, params: pending.params });
    }
    if (sent > 0) this.#waiting = this.#waiting.slice(sent);
  }

  #cancel(id: number, signal: AbortSignal | undefined): void {
    const waiting = this.#waiting.find((pending) => pending.id === id);
    if (waiting === undefined) {
      this.#send({ kind: 'notification', method: 'cancel', params: [id] });
      return;
    }
    this.#waiting = this.#waiting.filter((pending) => pending !== waiting);
    waiting.reject(abortFault(signal));
  }

  #receive(chunk: Uint8Array): void {
    this.#silentMs = 0;
    this.#probe?.refresh();
    try {
      for (const text of this.#framer.push(chunk)) {
        if (this.#ended !== undefined) return;
        this.#handle(parseMessage(text));
      }
    } catch (error) {
      this.end(asProtocolFault(error));
    }
  }

  #handle(message: Message): void {
    switch (message.kind) {
      case 'request':
        this.#answer(message.id, message.method, message.params);
        return;
      case 'notification':
        this.#options.onNotification(message.method, message.params);
        return;
      case 'result':
      case 'error':
        this.#settle(message);
        return;
    }
  }

  #settle(message: Message & { readonly kind: 'result' | 'error' }): void {
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    this.#pending.delete(message.id);
    if (message.kind === 'error') {
      pending.reject(refusal(pending.method, message.error));
      return;
    }
    try {
      pending.accept(message.result);
    } catch (error) {
      const fault = asProtocolFault(error);
      pending.reject(fault);
      if (fault.code === 'protocol-error') this.end(fault);
    }
  }

  #answer(id: Json, method: string, params: readonly Json[]): void {
    if (method === 'echo') this.#send({ kind: 'result', id, result: params });
    else this.#send({ kind: 'error', id, error: 'unknown method' });
  }

  #onSilence(): void {
    const { inactivityProbeMs, loadTimeoutMs } = this.#options;
    this.#silentMs += inactivityProbeMs;
    const loads = this.#pending.values().some((pending) => pending.loads);
    const allowedMs = loads ? Math.max(loadTimeoutMs, inactivityProbeMs) : inactivityProbeMs;
    if (this.#silentMs > allowedMs) {
      const cause = loads
        ? `nothing of the contents has come for ${allowedMs} ms`
        : `the server has not answered an echo for ${inactivityProbeMs} ms`;
      this.end(disconnected(cause));
      return;
    }
    this.#probe?.refresh();
    if (this.#silentMs === inactivityProbeMs) {
      this.#send({ kind: 'request', id: 'echo', method: 'echo', params: [] });
    }
  }

  #send(message: Message): void {
    this.#stream.write(formatMessage(message));
  }
}

function disconnected(message: string): OvsdbFault {
  return new OvsdbFault('disconnected', message, { retry: 'backoff' });
}

/** The answer to a request that the server has dropped on demand. */
function isCanceled(fault: OvsdbFault): boolean {
  return fault.code === 'request-refused' && fault.cause === 'canceled';
}
