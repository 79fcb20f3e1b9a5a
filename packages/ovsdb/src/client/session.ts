import type { Duplex } from 'node:stream';
import { OvsdbFault } from '../value/fault.ts';
import type { Json } from '../value/json.ts';
import { createFramer, type Framer } from '../wire/framing.ts';
import { formatMessage, type Message, parseMessage } from '../wire/json-rpc.ts';

export type SessionOptions = {
  /** Silence after which the peer is asked for an echo; the same again without a byte from it ends the session. 0 never asks. */
  readonly inactivityProbeMs: number;
  readonly maxMessageBytes: number;
  /** Called for each notification, in order. A throw ends the session with `protocol-error`. */
  readonly onNotification: (method: string, params: readonly Json[]) => void;
  /** Called once, after every pending request was rejected. */
  readonly onEnd: (fault: OvsdbFault) => void;
};

type Pending = {
  readonly accept: (result: Json) => void;
  readonly reject: (fault: OvsdbFault) => void;
  readonly method: string;
};

/**
 * One connection from its opening to its end: requests and their answers, echo in both directions (RFC 7047 sections 4 and 4.1.11).
 * Messages are handled one after another in the order of their arrival.
 */
export class Session {
  readonly #stream: Duplex;
  readonly #options: SessionOptions;
  readonly #framer: Framer;
  readonly #pending = new Map<Json, Pending>();
  readonly #probe: NodeJS.Timeout | undefined;
  #nextId = 1;
  #probing = false;
  #ended: OvsdbFault | undefined;

  constructor(stream: Duplex, options: SessionOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#framer = createFramer(options.maxMessageBytes);
    stream.on('data', (chunk: Uint8Array) => this.#receive(chunk));
    stream.on('error', (cause) => this.end(disconnected(`connection lost: ${cause.message}`, cause)));
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
   * or with the fault that ended the session.
   */
  request<T>(method: string, params: readonly Json[], accept: (result: Json) => T): Promise<T> {
    if (this.#ended !== undefined) {
      return Promise.reject(
        new OvsdbFault('disconnected', 'not connected', {
          retry: 'backoff',
          outcome: 'not-sent',
          cause: this.#ended,
        }),
      );
    }
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#pending.set(id, { method, reject, accept: (result) => resolve(accept(result)) });
      this.#send({ kind: 'request', id, method, params });
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
    this.#options.onEnd(fault);
  }

  #receive(chunk: Uint8Array): void {
    this.#probing = false;
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
    if (this.#probing) {
      const { inactivityProbeMs } = this.#options;
      this.end(disconnected(`the server has not answered an echo for ${inactivityProbeMs} ms`));
      return;
    }
    this.#probing = true;
    this.#probe?.refresh();
    this.#send({ kind: 'request', id: 'echo', method: 'echo', params: [] });
  }

  #send(message: Message): void {
    this.#stream.write(formatMessage(message));
  }
}

function disconnected(message: string, cause?: unknown): OvsdbFault {
  return new OvsdbFault('disconnected', message, { retry: 'backoff', cause });
}

/** A request whose answer will never come: the server may have acted on it or not. */
function unanswered(method: string, cause: OvsdbFault): OvsdbFault {
  const message = `${method}: ${cause.message}; whether it took effect is unknown`;
  return new OvsdbFault(cause.code, message, { retry: cause.retry, outcome: 'unknown', cause });
}

function refusal(method: string, error: Json): OvsdbFault {
  const text = typeof error === 'string' ? error : JSON.stringify(error);
  return new OvsdbFault('request-refused', `${method} refused: ${text}`, { cause: error });
}

function asProtocolFault(error: unknown): OvsdbFault {
  if (error instanceof OvsdbFault) return error;
  return new OvsdbFault('protocol-error', `the answer could not be read: ${String(error)}`, {
    retry: 'backoff',
    cause: error,
  });
}
