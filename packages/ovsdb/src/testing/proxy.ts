import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { parseRemote } from '../wire/remote.ts';

/** A unix socket before a server, to cut connections and to count what goes through. */
export type Proxy = AsyncDisposable & {
  /** `unix:PATH`. */
  readonly remote: string;
  /** Bytes that the server has sent so far, over all connections. */
  readonly receivedBytes: () => number;
  /** Cuts the connections there are and lets no other in. */
  refuse(): Promise<void>;
  /** Lets connections in again. */
  accept(): Promise<void>;
  /** Cuts everything and ends. */
  stop(): Promise<void>;
};

/** Starts a proxy at `path` before a `unix:` remote. */
export async function startProxy(target: string, path: string): Promise<Proxy> {
  const remote = parseRemote(target);
  if (remote.kind !== 'unix') throw new TypeError(`${target} is not a unix socket`);
  const sockets = new Set<Socket>();
  let receivedBytes = 0;
  const server = createServer((client) => {
    const upstream = connect(remote.path);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', ignore);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    upstream.on('data', (chunk: Uint8Array) => {
      receivedBytes += chunk.length;
    });
    client.pipe(upstream).pipe(client);
  });
  const accept = async (): Promise<void> => {
    server.listen(path);
    await once(server, 'listening');
  };
  const refuse = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await accept();
  return {
    remote: `unix:${path}`,
    receivedBytes: () => receivedBytes,
    refuse,
    accept,
    stop: refuse,
    [Symbol.asyncDispose]: refuse,
  };
}

/** A socket that was cut may still report an error. */
function ignore(): void {}
