import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api } from './api.ts';

let folder: string;
let server: Http2SecureServer;
const sockets = new Set<Socket>();
/** Tokens that the server takes no more. */
const refused = new Set<string | undefined>();
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
  const options = { ...{ key, cert, ca }, requestCert: true, rejectUnauthorized: false, allowHTTP1: true };
  server = createSecureServer(options, ({ headers, socket, httpVersion }, response) => {
    if (refused.has(headers.authorization)) {
      response.statusCode = 401;
      response.end('{}');
      return;
    }
    const user = socket instanceof TLSSocket ? socket.getPeerCertificate().subject?.CN : undefined;
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

test('a token that is renewed in its file, as that of a pod is, is read again once the server refuses the old one', async () => {
  const config = { tokenFile: file('token') };
  await writeFile(file('token'), 'old');
  const api = new Api({ kubeconfig: await kubeconfig({ 'auth-provider': { name: 'tokenFile', config } }) });
  const call = () => api.call({ method: 'GET', path: '/' });
  expect(await call()).toMatchObject({ token: 'Bearer old' });
  await writeFile(file('token'), 'new');
  refused.add('Bearer old');
  await expect(call()).rejects.toMatchObject({ status: 401 });
  expect(await call()).toMatchObject({ token: 'Bearer new' });
  refused.clear();
  await api.close();
});

/** A plugin that counts how often it is asked, and answers with a token of that number that is good for some time. */
async function plugin(body: string): Promise<object> {
  await writeFile(file('plugin'), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: file('plugin'),
      interactiveMode: 'Never',
    },
  };
}

const counting = (
  expires: string,
): string => `n=$(cat ${file('count')} 2>/dev/null || echo 0); n=$((n + 1)); echo $n > ${file('count')}
printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t%s","expirationTimestamp":"%s"}}' $n ${expires}`;

describe('a plugin of the kubeconfig', () => {
  const asked = async (api: Api): Promise<unknown> => (await api.call({ method: 'GET', path: '/' }))['token'];

  test('is asked once for a token that lasts, and each time for one that does not', async () => {
    await rm(file('count'), { force: true });
    const lasting = new Api({ kubeconfig: await kubeconfig(await plugin(counting('2400-01-01T00:00:00Z'))) });
    expect([await asked(lasting), await asked(lasting)]).toEqual(['Bearer t1', 'Bearer t1']);
    await lasting.close();
    const expired = new Api({ kubeconfig: await kubeconfig(await plugin(counting('2020-01-01T00:00:00Z'))) });
    expect([await asked(expired), await asked(expired)]).toEqual(['Bearer t2', 'Bearer t3']);
    await expired.close();
  });

  test('is asked again when the server refuses a token that should last', async () => {
    await rm(file('count'), { force: true });
    const api = new Api({ kubeconfig: await kubeconfig(await plugin(counting('2400-01-01T00:00:00Z'))) });
    expect(await asked(api)).toBe('Bearer t1');
    refused.add('Bearer t1');
    await expect(asked(api)).rejects.toMatchObject({ status: 401 });
    expect(await asked(api)).toBe('Bearer t2');
    refused.clear();
    await api.close();
  });

  test.each([
    ['fails', 'echo no ticket >&2; exit 3', /no ticket/],
    ['says nothing that can be read', 'echo hello', /JSON|token/],
  ])('that %s is told with what it said', async (_, body, message) => {
    const api = new Api({ kubeconfig: await kubeconfig(await plugin(body)) });
    await expect(asked(api)).rejects.toMatchObject({
      code: 'unauthorized',
      retry: 'backoff',
      message: expect.stringMatching(message),
    });
    await api.close();
  });

  test('that does not answer is waited for no longer than for the server', async () => {
    const user = await plugin('exec sleep 2');
    const api = new Api({ kubeconfig: await kubeconfig(user) }, undefined, { answerMs: 50 });
    await expect(asked(api)).rejects.toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining('no answer from the plugin of the kubeconfig for 50 ms'),
    });
    await api.close();
  });

  test('that is not there is told by its name', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: file('nowhere'),
      interactiveMode: 'Never',
    };
    const api = new Api({ kubeconfig: await kubeconfig({ exec }) });
    await expect(asked(api)).rejects.toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining(file('nowhere')),
    });
    await api.close();
  });
});
