import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase, type TlsOptions } from '../index.ts';
import { certificatesIn, type OvsdbServer, startOvsdbServer } from '../testing/index.ts';

const database = 'Open_vSwitch';
let directory: string;
let server: OvsdbServer;

const file = (name: string): string => join(directory, name);
const credentials = (extra: Partial<TlsOptions> = {}): TlsOptions => ({
  ca: { file: file('ca.pem') },
  certificate: { file: file('client.pem') },
  privateKey: { file: file('client.key') },
  ...extra,
});

/** Opens, makes one transaction (a refused certificate may be told only then), and returns the database. */
async function open(tls: TlsOptions | undefined, remote = server.sslRemote): Promise<Database> {
  const db = await openDatabase({ remotes: [remote], database, ...(tls && { tls }) });
  await db.transact([{ op: 'comment', comment: 'through TLS' }]);
  return db;
}

async function startServer(certificate: string): Promise<OvsdbServer> {
  const tls = {
    certificateFile: file(`${certificate}.pem`),
    privateKeyFile: file(`${certificate}.key`),
    caFile: file('ca.pem'),
  };
  return await startOvsdbServer({ schema: 'vswitch', tls });
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'berth-tls-'));
  const made = certificatesIn(directory);
  await made.authority('ca');
  await made.authority('other');
  await made.certificate('server', 'ca', { names: 'IP:127.0.0.2,DNS:ovsdb.example' });
  await made.certificate('client', 'ca');
  await made.certificate('stranger', 'other');
  await made.certificate('expired', 'ca', { names: 'IP:127.0.0.2', days: -1 });
  await made.certificate('nameless', 'ca');
  server = await startServer('server');
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

test('a transaction and a replica over TLS, with credentials of files and of text', async () => {
  await using db = await open(credentials());
  expect(db.status).toEqual({ kind: 'connected', remote: server.sslRemote });
  const [ca, certificate, privateKey] = await Promise.all(
    ['ca.pem', 'client.pem', 'client.key'].map(async (name) => ({ pem: await readFile(file(name), 'utf8') })),
  );
  if (!ca || !certificate || !privateKey) throw new Error('a file is missing');
  await using other = await open({ ca, certificate, privateKey });
  const replica = await other.monitor({ tables: 'all' });
  await db.transact([{ op: 'insert', table: 'Open_vSwitch', row: { ovs_version: '3.1.0' } }]);
  await other.transact([]);
  expect([...replica.snapshot().table('Open_vSwitch')].map((row) => row['ovs_version'])).toEqual(['3.1.0']);
});

test('another name of the certificate is taken when it is asked for', async () => {
  await using db = await open(credentials({ serverName: 'ovsdb.example' }));
  expect(db.status.kind).toBe('connected');
});

test.each([
  ['a server of another authority', { ca: 'other.pem' }, 'bad-certificate'],
  ['a server of another name', { serverName: 'elsewhere.example' }, 'bad-certificate'],
  ['a client without certificate', { client: undefined }, 'certificate-refused'],
  ['a client of another authority', { client: 'stranger' }, 'certificate-refused'],
  ['a key of another certificate', { client: 'client', key: 'stranger.key' }, 'bad-credentials'],
  ['a CA file that is not there', { ca: 'nothing.pem' }, 'bad-credentials'],
  ['a CA file of something else', { ca: 'client.key' }, 'bad-credentials'],
] as const)('%s is refused', async (_name, given, code) => {
  const {
    ca,
    serverName,
    client,
    key,
  }: { ca?: string; serverName?: string; client?: string | undefined; key?: string } = {
    client: 'client',
    ...given,
  };
  const tls: TlsOptions = {
    ca: { file: file(ca ?? 'ca.pem') },
    ...(client && {
      certificate: { file: file(`${client}.pem`) },
      privateKey: { file: file(key ?? `${client}.key`) },
    }),
    ...(serverName && { serverName }),
  };
  await expect(open(tls)).rejects.toMatchObject({ code, retry: 'backoff' });
});

test('an ssl remote without a CA is not opened', async () => {
  await expect(open(undefined)).rejects.toMatchObject({ code: 'bad-remote' });
  const half: TlsOptions = { ca: { file: file('ca.pem') }, certificate: { file: file('client.pem') } };
  await expect(open(half)).rejects.toMatchObject({ code: 'bad-credentials' });
});

test('something else than TLS answers', async () => {
  const plain = server.tcpRemote.replace('tcp:', 'ssl:');
  await expect(
    openDatabase({ remotes: [plain], database, tls: credentials(), connectTimeoutMs: 500 }),
  ).rejects.toMatchObject({ code: expect.stringMatching(/^connect-(failed|timeout)$/) });
});

test('an expired certificate is refused', async () => {
  await using expired = await startServer('expired');
  await expect(open(credentials(), expired.sslRemote)).rejects.toMatchObject({ code: 'bad-certificate' });
});

test('a certificate without names is known by its common name, when that is asked for', async () => {
  await using nameless = await startServer('nameless');
  await expect(open(credentials(), nameless.sslRemote)).rejects.toMatchObject({ code: 'bad-certificate' });
  await using db = await open(credentials({ serverName: 'nameless id:1' }), nameless.sslRemote);
  expect(db.status.kind).toBe('connected');
});

test('renewed files are taken up by the next connection', async () => {
  await copyFile(file('stranger.pem'), file('renewed.pem'));
  await copyFile(file('stranger.key'), file('renewed.key'));
  const tls = credentials({
    certificate: { file: file('renewed.pem') },
    privateKey: { file: file('renewed.key') },
  });
  await expect(open(tls)).rejects.toMatchObject({ code: 'certificate-refused' });
  await copyFile(file('client.pem'), file('renewed.pem'));
  await copyFile(file('client.key'), file('renewed.key'));
  await using db = await openDatabase({
    remotes: [server.sslRemote],
    database,
    tls,
    reconnect: { minDelayMs: 5, maxDelayMs: 20 },
  });
  await copyFile(file('stranger.pem'), file('renewed.pem'));
  const refused = new Promise<string>((resolve) => {
    db.onStatus((status) => {
      if (status.kind === 'disconnected' && status.fault.code !== 'disconnected') resolve(status.fault.code);
    });
  });
  await server.kill();
  await server.start();
  expect(['bad-credentials', 'connect-failed']).toContain(await refused);
  await copyFile(file('client.pem'), file('renewed.pem'));
  await db.connected();
  await db.transact([{ op: 'comment', comment: 'again' }]);
});
