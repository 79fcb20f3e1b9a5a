import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from './api.ts';

let folder: string;
let server: Server;
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
  server = createServer({ key, cert, ca, requestCert: true }, ({ headers, socket }, response) => {
    const user = socket instanceof TLSSocket ? socket.getPeerCertificate().subject.CN : undefined;
    response.end(JSON.stringify({ user, token: headers.authorization }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
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

test('a client certificate that was renewed in its files is shown with the next call', async () => {
  await issue('first');
  const user = { 'client-certificate': file('client.crt'), 'client-key': file('client.key') };
  const api = new Api({ kubeconfig: await kubeconfig(user) });
  const call = () => api.call({ method: 'GET', path: '/' });
  expect(await call()).toMatchObject({ user: 'first' });
  expect(await call()).toMatchObject({ user: 'first' });
  await issue('second');
  expect(await call()).toMatchObject({ user: 'second' });
  await api.close();
});
