import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from './api.ts';

let folder: string;
let server: Http2SecureServer;
const sockets = new Set<Socket>();
const file = (name: string): string => join(folder, name);

/** A certificate that is its own authority. */
function makeCertificate(name: string): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const words = ['req', '-x509', '-days', '2', '-subj', `/CN=${name}`, ...key];
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1'];
  const out = ['-keyout', file(`${name}.key`), '-out', file(`${name}.crt`)];
  execFileSync('openssl', [...words, ...names, ...out], { stdio: 'ignore' });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-connection-'));
  for (const name of ['server', 'first', 'second']) makeCertificate(name);
  const [key, cert, first, second] = await Promise.all(
    ['server.key', 'server.crt', 'first.crt', 'second.crt'].map((name) => readFile(file(name))),
  );
  const ca = [first, second].filter((each) => each !== undefined);
  const options = { ...{ key, cert, ca }, requestCert: true, allowHTTP1: true };
  server = createSecureServer(options, ({ headers, socket, httpVersion }, response) => {
    const user = socket instanceof TLSSocket ? socket.getPeerCertificate().subject.CN : undefined;
    response.end(JSON.stringify({ user, token: headers.authorization, httpVersion }));
  });
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  for (const each of sockets) each.destroy();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

async function kubeconfig(user: object): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority': file('server.crt') };
  await writeFile(
    file('kubeconfig'),
    JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    }),
  );
  return file('kubeconfig');
}

/** Puts the certificate and the key of a user in the place that the kubeconfig names. */
async function issue(name: string): Promise<void> {
  for (const kind of ['crt', 'key']) {
    await writeFile(file(`client.${kind}`), await readFile(file(`${name}.${kind}`)));
  }
}

const byCertificate = () => ({
  'client-certificate': file('client.crt'),
  'client-key': file('client.key'),
});

test('a client certificate that was renewed in its files is shown with the next call', async () => {
  await issue('first');
  const api = new Api({ kubeconfig: await kubeconfig(byCertificate()) });
  const call = () => api.call({ method: 'GET', path: '/' });
  expect(await call()).toMatchObject({ user: 'first' });
  expect(await call()).toMatchObject({ user: 'first' });
  await issue('second');
  expect(await call()).toMatchObject({ user: 'second' });
  await api.close();
});

test('an API server that offers HTTP/2 is spoken to in HTTP/1.1', async () => {
  await issue('first');
  const api = new Api({ kubeconfig: await kubeconfig(byCertificate()) });
  expect(await api.call({ method: 'GET', path: '/' })).toMatchObject({ httpVersion: '1.1' });
  await api.close();
});
