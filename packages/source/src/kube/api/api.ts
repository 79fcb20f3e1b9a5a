import type { Readable } from 'node:stream';
import { request } from 'undici';
import { type Right, refusedRight } from '../rights/right.ts';
import { ApiError } from './api-error.ts';
import { type ClusterChoice, Connection } from './connection.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { linesOf } from './lines.ts';
import { ServerClock } from './server-clock.ts';
import { Starting } from './starting.ts';

/** One call of the API. */
export type ApiRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: object;
  /** Of the body of a PATCH. */
  readonly patch?: 'apply' | 'merge';
  readonly signal?: AbortSignal;
};

/** Told of every call that was answered or failed. */
export type CallObserver = (call: {
  readonly method: string;
  readonly path: string;
  /** 0 when there was no answer. */
  readonly status: number;
  readonly durationMs: number;
  readonly isWatch: boolean;
  /** What RBAC did not allow, where that is why it failed. */
  readonly refused?: Right | undefined;
}) => void;

/** How long calls may take. */
export type ApiTimes = {
  /** Until an answer begins, and between its parts. */
  readonly answerMs: number;
  /** A watch that stays silent for longer is taken for dead: bookmarks come about once a minute. */
  readonly silenceMs: number;
};

const usualTimes: ApiTimes = { answerMs: 30_000, silenceMs: 150_000 };

/** How long an API server may take to say whether it is ready, in ms. */
const readinessMs = 5_000;

const contentTypes = {
  apply: 'application/apply-patch+yaml',
  merge: 'application/merge-patch+json',
} as const;

/** The API of a cluster, as JSON. */
export class Api {
  readonly #connection: Connection;
  readonly #observe: CallObserver;
  readonly #times: ApiTimes;
  readonly #nowMs: () => number;
  readonly #clock = new ServerClock();
  readonly #starting = new Starting(() => this.#readiness());

  /** @throws SourceFault `cluster-config` */
  constructor(
    choice: ClusterChoice,
    observe: CallObserver = () => undefined,
    times: Partial<ApiTimes> = {},
    nowMs = () => Date.now(),
  ) {
    this.#nowMs = nowMs;
    this.#connection = new Connection(choice);
    this.#observe = observe;
    this.#times = { ...usualTimes, ...times };
  }

  /** The address of the API server, for messages. */
  get server(): string {
    return this.#connection.server;
  }

  /** By how much the API server's clock is ahead of ours, in ms; 0 while that does not matter. */
  get clockAheadMs(): number {
    return this.#clock.aheadMs;
  }

  /** The namespace that the configuration names. */
  get namespace(): string | undefined {
    return this.#connection.namespace;
  }

  /** The answer. Throws {@link ApiError} when it is a no, SourceFault without credentials, else the error of the connection. */
  async call(asked: ApiRequest): Promise<JsonObject> {
    const { body } = await this.#send(asked, this.#times.answerMs);
    const answer: unknown = JSON.parse(await body.text());
    if (!isJsonObject(answer)) throw new ApiError(500, '', `${asked.path} was answered with no object`);
    return answer;
  }

  /**
   * The events of a watch as they come, until it ends, breaks or goes silent. Resolves once the server has opened it;
   * throws as `call` does. Iterate it: that is what ends the connection.
   */
  async watch(asked: Omit<ApiRequest, 'method' | 'body'>): Promise<AsyncGenerator<JsonObject>> {
    const { body } = await this.#send({ ...asked, method: 'GET' }, this.#times.silenceMs);
    return eventsIn(body);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** The status of its answer whether it is ready; 0 where there is none. */
  async #readiness(): Promise<number> {
    try {
      const { origin, prefix, headers, dispatcher } = await this.#connection.credentials(readinessMs);
      const signal = AbortSignal.timeout(readinessMs);
      const { statusCode, body } = await request(`${origin}${prefix}/readyz`, {
        dispatcher,
        headers,
        signal,
      });
      await body.dump();
      return statusCode;
    } catch {
      return 0;
    }
  }

  async #send(asked: ApiRequest, silenceMs: number) {
    const { method, path, query = {}, body, patch, signal } = asked;
    const startMs = performance.now();
    let status = 0;
    let refused: Right | undefined;
    try {
      const { origin, prefix, headers, dispatcher } = await this.#connection.credentials(
        this.#times.answerMs,
      );
      const askedMs = this.#nowMs();
      const answer = await request(`${origin}${prefix}${path}${queryText(query)}`, {
        method,
        dispatcher,
        headersTimeout: this.#times.answerMs,
        bodyTimeout: silenceMs,
        headers: {
          ...headers,
          accept: 'application/json',
          'user-agent': 'berth',
          ...(body && { 'content-type': patch ? contentTypes[patch] : 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
        ...(signal && { signal }),
      });
      status = answer.statusCode;
      this.#clock.heard(answer.headers['date'], askedMs, this.#nowMs());
      if (status < 300) return answer;
      if (status === 401) this.#connection.forget();
      const error = errorOf(status, await answer.body.text(), answer.headers['retry-after']);
      refused = refusedRight(error);
      if (refused === undefined || !(await this.#starting.isOn())) throw error;
      refused = undefined;
      throw new ApiError(
        503,
        'Starting',
        'the API server has just started and does not know yet who may do what',
      );
    } catch (error) {
      if (status === 0) this.#starting.lost();
      throw error;
    } finally {
      const [durationMs, isWatch] = [performance.now() - startMs, query['watch'] !== undefined];
      this.#observe({ method, path, status, durationMs, isWatch, refused });
    }
  }
}

async function* eventsIn(body: Readable): AsyncGenerator<JsonObject> {
  try {
    for await (const line of linesOf(body)) {
      const event: unknown = JSON.parse(line);
      if (!isJsonObject(event)) throw new Error('a watch sent something that is no event');
      yield event;
    }
  } finally {
    body.destroy();
  }
}

function queryText(query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((each): each is [string, string] => each[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

function errorOf(status: number, text: string, retryAfter: string | string[] | undefined): ApiError {
  const waitMs = Number(retryAfter) * 1_000;
  const retryAfterMs = Number.isFinite(waitMs) ? waitMs : undefined;
  try {
    const said: unknown = JSON.parse(text);
    if (isJsonObject(said)) return statusError(said, status, retryAfterMs);
  } catch {
    // Not from the API server itself: a proxy or a load-balancer.
  }
  const [line = ''] = text.trim().split('\n');
  return new ApiError(status, '', `HTTP ${status} ${line.slice(0, 200)}`.trim(), retryAfterMs);
}

/** A `Status` object as an error. */
export function statusError(
  { code, reason, message }: JsonObject,
  status = typeof code === 'number' ? code : 500,
  retryAfterMs?: number,
): ApiError {
  const why = typeof reason === 'string' ? reason : '';
  return new ApiError(
    status,
    why,
    typeof message === 'string' ? message : `HTTP ${status} ${why}`,
    retryAfterMs,
  );
}
