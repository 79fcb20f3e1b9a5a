import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Answer, reviewOf } from './answer.ts';
import type { OwnCertificate } from './certificate.ts';
import { type AdmissionRequest, readReview } from './review.ts';

/** Answers one sort of questions. */
export type Judge = (request: AdmissionRequest) => Answer;

export type ServedWebhooks = AsyncDisposable & {
  readonly port: number;
  /** From now on new connections see this certificate; before the first one nobody can connect. */
  present(own: OwnCertificate): void;
};

/** The API server sends no object larger than etcd takes (1.5 MiB), and at most two of them. */
const longestBody = 8 * 2 ** 20;

/** Serves webhooks by their path, with TLS. Rejects when the address cannot be listened on. */
export async function serveWebhooks(
  { host, port }: { readonly host: string; readonly port: number },
  judges: ReadonlyMap<string, Judge>,
): Promise<ServedWebhooks> {
  const server = createServer({ minVersion: 'TLSv1.2' }, (request, response) => {
    const say = (status: number, body: object | string): void => {
      const isText = typeof body === 'string';
      response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json' });
      response.end(isText ? body : JSON.stringify(body));
    };
    const judge = judges.get(new URL(request.url ?? '/', 'https://controller').pathname);
    if (!judge) return say(404, 'there is no such webhook\n');
    if (request.method !== 'POST') return say(405, 'only POST\n');
    textOf(request).then(
      (text) => {
        const asked = readReview(text);
        if (!asked) return say(400, 'this is no AdmissionReview\n');
        say(200, reviewOf(asked.uid, judge(asked)));
      },
      () => say(413, 'this cannot be read\n'),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    present: ({ certificate, privateKey }) => server.setSecureContext({ cert: certificate, key: privateKey }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > longestBody) throw new Error('too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
