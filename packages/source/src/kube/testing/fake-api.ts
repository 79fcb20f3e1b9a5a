import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RawObject } from '../watch/raw-object.ts';

/** An answer to a list. */
export type FakeAnswer = {
  readonly status?: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A watch that a client holds open. */
export type FakeWatch = {
  readonly query: URLSearchParams;
  send(type: string, object: object): void;
  /** Sends bytes as they are. */
  raw(text: string): void;
  /** Ends it as a server does whose time is over. */
  end(): void;
  /** Breaks the connection. */
  cut(): void;
  readonly closed: Promise<void>;
};

/** An API server that answers what a test tells it to. */
export type FakeApi = AsyncDisposable & {
  readonly kubeconfig: string;
  /** How to answer lists, in order; the last one is given again and again. */
  lists: (FakeAnswer | ((query: URLSearchParams) => FakeAnswer))[];
  /** How to refuse the watches to come, in order; the others are held open. */
  refusals: FakeAnswer[];
  /** How to answer anything, before all else; undefined leaves it to the others. */
  respond: (asked: { readonly method: string; readonly path: string }) => FakeAnswer | undefined;
  readonly listed: URLSearchParams[];
  /** The next watch that a client opens. */
  nextWatch(): Promise<FakeWatch>;
  /** Accepts no connection for the time of a piece of work. */
  away(work: () => Promise<void>): Promise<void>;
  /** Most watches that were open at a time. */
  readonly mostWatches: number;
};

/** Starts one on loopback. */
export async function startFakeApi(): Promise<FakeApi> {
  const folder = await mkdtemp(path.join(tmpdir(), 'berth-fake-api-'));
  const listed: URLSearchParams[] = [];
  const arrived: FakeWatch[] = [];
  const waiting: ((watch: FakeWatch) => void)[] = [];
  let open = 0;
  const fake = {
    lists: [] as FakeApi['lists'],
    refusals: [] as FakeAnswer[],
    mostWatches: 0,
    respond: (() => undefined) as FakeApi['respond'],
  };
  const server = createServer((request, response) => {
    const { searchParams: query, pathname: path } = new URL(request.url ?? '', 'http://fake');
    const given = fake.respond({ method: request.method ?? '', path });
    if (given) return answer(response, given);
    if (query.get('watch') === null) {
      listed.push(query);
      const next = fake.lists.length > 1 ? fake.lists.shift() : fake.lists[0];
      return answer(response, typeof next === 'function' ? next(query) : (next ?? { body: {} }));
    }
    const refusal = fake.refusals.shift();
    if (refusal) return answer(response, refusal);
    open += 1;
    fake.mostWatches = Math.max(fake.mostWatches, open);
    const watch = watchOf(query, request, response);
    void watch.closed.then(() => {
      open -= 1;
    });
    const taker = waiting.shift();
    if (taker) taker(watch);
    else arrived.push(watch);
  });
  const listen = (onPort: number) =>
    new Promise<void>((resolve) => server.listen(onPort, '127.0.0.1', resolve));
  await listen(0);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const kubeconfig = path.join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigText(port));
  return Object.assign(fake, {
    kubeconfig,
    listed,
    nextWatch: () => {
      const watch = arrived.shift();
      return watch ? Promise.resolve(watch) : new Promise<FakeWatch>((resolve) => waiting.push(resolve));
    },
    async away(work: () => Promise<void>) {
      server.close();
      await work();
      await listen(port);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  });
}

function answer(response: ServerResponse, { status = 200, body, headers = {} }: FakeAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function watchOf(query: URLSearchParams, request: IncomingMessage, response: ServerResponse): FakeWatch {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  return {
    query,
    send: (type, object) => response.write(`${JSON.stringify({ type, object })}\n`),
    raw: (text) => response.write(text),
    end: () => response.end(),
    cut: () => request.socket.destroy(),
    closed: new Promise((resolve) => response.on('close', resolve)),
  };
}

function kubeconfigText(port: number): string {
  const name = 'fake';
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name, user: { token: 'secret' } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  });
}

/** A Vpc as a server gives it. */
export function vpc(name: string, version: number, spec: object = {}): RawObject {
  return { metadata: { name, uid: `uid-${name}`, resourceVersion: String(version), generation: 1 }, spec };
}

/** A page of a list. */
export function page(version: number, items: readonly object[], next?: string): FakeAnswer {
  return { body: { metadata: { resourceVersion: String(version), ...(next && { continue: next }) }, items } };
}

/** A `Status` that says no. */
export function no(status: number, reason: string, message = reason): FakeAnswer {
  return { status, body: { kind: 'Status', code: status, reason, message } };
}
