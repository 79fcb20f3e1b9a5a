import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

/** One thing that must be so for the controller to be ready; `why` also says what is amiss where it is ready all the same. */
export type Check = { readonly name: string; readonly isFine: boolean; readonly why?: string | undefined };

export type Served = AsyncDisposable & { readonly url: string };

/** Serves `/healthz`, `/readyz` and `/metrics`. Rejects when the address cannot be listened on. */
export async function serve(
  { host, port }: { readonly host: string; readonly port: number },
  { registry, checks }: { readonly registry: Registry; checks(): readonly Check[] },
): Promise<Served> {
  const server = createServer((request, response) => {
    const say = (status: number, text: string, type = 'text/plain; charset=utf-8'): void => {
      response.writeHead(status, { 'content-type': type });
      response.end(request.method === 'HEAD' ? undefined : text);
    };
    if (request.method !== 'GET' && request.method !== 'HEAD') return say(405, 'only GET\n');
    switch (new URL(request.url ?? '/', 'http://controller').pathname) {
      case '/healthz':
        return say(200, 'ok\n');
      case '/readyz': {
        const all = checks();
        return say(all.every(({ isFine }) => isFine) ? 200 : 503, all.map(checkLine).join(''));
      }
      case '/metrics':
        registry.metrics().then(
          (text) => say(200, text, registry.contentType),
          () => say(500, 'the metrics cannot be told\n'),
        );
        return;
      default:
        return say(404, 'there is /healthz, /readyz and /metrics\n');
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    url: urlOf(server.address()),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** As Kubernetes' own programs write them. */
function checkLine({ name, isFine, why }: Check): string {
  return isFine
    ? `[+]${name} ok${why === undefined ? '' : `, but ${why}`}\n`
    : `[-]${name} failed: ${why ?? 'not yet'}\n`;
}

function urlOf(address: AddressInfo | string | null): string {
  if (typeof address !== 'object' || address === null) return '';
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}
