import type { RequestOptions } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { KubeConfig } from '@kubernetes/client-node';
import { Agent, type buildConnector, type Dispatcher, ProxyAgent } from 'undici';
import { SourceFault } from '../../fault.ts';

/** Which cluster, and as whom. */
export type ClusterChoice = {
  /** A kubeconfig file; without it KUBECONFIG, the home folder's, or the pod's own service account, as kubectl chooses. */
  readonly kubeconfig?: string | undefined;
  /** A context of it; without it the current one. */
  readonly context?: string | undefined;
};

/** What one request needs to reach the cluster and to be let in. */
export type Credentials = {
  readonly origin: string;
  /** Before every path: clusters behind a gateway have one. */
  readonly prefix: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher;
};

/** A cluster as a kubeconfig names it. Connections are kept and shared. */
export class Connection {
  readonly #choice: ClusterChoice;
  #config: KubeConfig;
  #dispatcher: { readonly key: string; readonly dispatcher: Dispatcher } | undefined;

  /** @throws SourceFault `cluster-config` */
  constructor(choice: ClusterChoice) {
    this.#choice = choice;
    this.#config = load(choice);
  }

  /** The address of the API server, for messages. */
  get server(): string {
    return this.#config.getCurrentCluster()?.server ?? '';
  }

  /** The namespace of the context, or of the pod that we run in. */
  get namespace(): string | undefined {
    return this.#config.getContextObject(this.#config.getCurrentContext())?.namespace;
  }

  /**
   * Credentials for a request: tokens from files are read again, and plugins asked, when it is time. They are waited for
   * no longer than `waitMs`.
   *
   * @throws SourceFault `cluster-config`, `unauthorized`
   */
  async credentials(waitMs: number): Promise<Credentials> {
    const options: RequestOptions = {};
    try {
      await inTime(this.#config.applyToHTTPSOptions(options), waitMs);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new SourceFault('unauthorized', `no credentials for ${this.server}: ${why.trim()}`, { cause });
    }
    const { origin, pathname } = new URL(this.server);
    return {
      origin,
      prefix: pathname.replace(/\/$/, ''),
      headers: headersOf(options),
      dispatcher: this.#dispatcherFor(options),
    };
  }

  /** Forgets credentials that were refused: the configuration is read again, and plugins are asked anew. */
  forget(): void {
    try {
      this.#config = load(this.#choice);
    } catch {
      // What was read before is all there is.
    }
  }

  async close(): Promise<void> {
    await this.#dispatcher?.dispatcher.destroy();
  }

  /** The same connections for as long as certificates stay the same. */
  #dispatcherFor(options: RequestOptions): Dispatcher {
    const { ca, cert, key, rejectUnauthorized, servername, passphrase, pfx } = options;
    const wanted = this.#config.createDispatcherOptions(this.#config.getCurrentCluster(), {
      ...{ ca, cert, key, servername, passphrase, pfx },
      ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    });
    const seen = JSON.stringify(wanted);
    if (this.#dispatcher?.key === seen) return this.#dispatcher.dispatcher;
    const before = this.#dispatcher?.dispatcher;
    const dispatcher = dispatcherOf(wanted);
    this.#dispatcher = { key: seen, dispatcher };
    void before?.close().catch(() => undefined);
    return dispatcher;
  }
}

/** The address of the API server that is meant, for messages. @throws SourceFault `cluster-config` */
export function serverOf(choice: ClusterChoice): string {
  return new Connection(choice).server;
}

/** What a promise gives; an error when that takes too long. */
async function inTime<T>(work: Promise<T>, waitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`no answer from the plugin of the kubeconfig for ${waitMs} ms`);
    timer = setTimeout(() => reject(error), waitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * HTTP/1.1 only: on HTTP/2 undici lets an error of the session reach a stream that was just cancelled and that nobody
 * listens to any more, which ends the process.
 */
const allowH2 = false;

/**
 * How long a connection that nobody uses is kept, in ms: an API server closes it after 90 s, and whoever opens a new one pays for a TLS
 * handshake on both sides. undici would close it after 4 s, which is before most signs of life of an agent.
 */
const keepAliveTimeout = 60_000;

/** What all connections have in common. TCP asks now and then whether the other side is there, which keeps its way through NAT open. */
const common = { allowH2, keepAliveTimeout };
const keepAlive = { keepAlive: true, keepAliveInitialDelay: 30_000 };

function dispatcherOf(wanted: ReturnType<KubeConfig['createDispatcherOptions']>): Dispatcher {
  switch (wanted.type) {
    case 'agent':
      return new Agent({ ...common, connect: { ...keepAlive, ...given(wanted.connect) } });
    case 'none':
      return new Agent({ ...common, connect: keepAlive });
    case 'proxy':
      return new ProxyAgent({ ...common, uri: wanted.uri, requestTls: given(wanted.requestTls) });
    case 'socks':
      throw new SourceFault(
        'cluster-config',
        `the kubeconfig asks for the SOCKS proxy ${wanted.uri}, which is not supported; use an http proxy`,
      );
  }
}

/** Options without those that are undefined, which undici's types do not allow. */
function given({
  timeout: _timeout,
  port: _port,
  ...options
}: ConnectionOptions): Partial<buildConnector.BuildOptions> {
  return options;
}

function headersOf({ headers, auth }: RequestOptions): Record<string, string> {
  const basic = auth ? { authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  const given = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return { ...basic, ...Object.fromEntries(given) };
}

/** What client-node takes for a cluster when it finds none. */
const nowhere = 'http://localhost:8080';

function load({ kubeconfig, context }: ClusterChoice): KubeConfig {
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const which = kubeconfig === undefined ? 'the kubeconfig' : `kubeconfig ${kubeconfig}`;
    throw new SourceFault('cluster-config', `${which} cannot be used: ${why}`, { cause });
  }
  if (context !== undefined) {
    const names = config.getContexts().map(({ name }) => name);
    if (!names.includes(context)) {
      throw new SourceFault(
        'cluster-config',
        `there is no context ${context}; there is ${names.join(', ') || 'none'}`,
      );
    }
    config.setCurrentContext(context);
  }
  const { server } = config.getCurrentCluster() ?? {};
  if (kubeconfig === undefined && server === nowhere) {
    throw new SourceFault(
      'cluster-config',
      'there is no kubeconfig, and this is no pod of a cluster; name one with --kubeconfig or KUBECONFIG',
    );
  }
  if (!server) {
    throw new SourceFault(
      'cluster-config',
      'the kubeconfig names no cluster; set current-context or --context',
    );
  }
  return config;
}
