import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../index.ts';
import { type OvsdbServer, startOvsdbServer } from '../testing/index.ts';

let server: OvsdbServer;
beforeAll(async () => {
  server = await startOvsdbServer({ schema: 'vswitch' });
});
afterAll(() => server.stop());

const database = 'Open_vSwitch';
const nowhere = 'unix:/nonexistent/db.sock';

test('the first remote that answers is used', async () => {
  await using db = await openDatabase({ remotes: [nowhere, server.tcpRemote], database });
  expect(db.status).toEqual({ kind: 'connected', remote: server.tcpRemote });
});

test('no remote answers', async () => {
  await expect(openDatabase({ remotes: [nowhere], database })).rejects.toMatchObject({
    code: 'connect-failed',
    retry: 'backoff',
    message: 'unix:/nonexistent/db.sock: connect ENOENT /nonexistent/db.sock',
  });
});

test('the server has another database', async () => {
  await expect(openDatabase({ remotes: [server.remote], database: 'OVN_Northbound' })).rejects.toMatchObject({
    code: 'unknown-database',
    message: 'the server has no database "OVN_Northbound"',
  });
});

test('a remote that is none', async () => {
  await expect(openDatabase({ remotes: ['/run/db.sock'], database })).rejects.toMatchObject({
    code: 'bad-remote',
  });
  await expect(openDatabase({ remotes: [], database })).rejects.toMatchObject({ code: 'bad-remote' });
});

test('the schema is larger than the limit', async () => {
  await expect(
    openDatabase({ remotes: [server.remote], database, maxMessageBytes: 1_000 }),
  ).rejects.toMatchObject({
    code: 'message-too-large',
  });
});

test('the caller gives up', async () => {
  const reason = new Error('enough');
  await expect(
    openDatabase({ remotes: [server.remote], database, signal: AbortSignal.abort(reason) }),
  ).rejects.toMatchObject({
    code: 'aborted',
    cause: reason,
  });
});

test('the caller gives up on a peer that accepts and says nothing', async () => {
  const path = join(server.directory, 'silent');
  const silent = createServer().listen(path);
  await once(silent, 'listening');
  const abort = new AbortController();
  const opening = expect(
    openDatabase({ remotes: [`unix:${path}`], database, signal: abort.signal }),
  ).rejects.toMatchObject({ code: 'aborted' });
  const [accepted] = await once(silent, 'connection');
  abort.abort();
  await opening;
  accepted.destroy();
  silent.close();
});

test('something else answers', async () => {
  const path = join(server.directory, 'web');
  const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(path);
  await once(web, 'listening');
  await expect(openDatabase({ remotes: [`unix:${path}`], database })).rejects.toMatchObject({
    code: 'protocol-error',
  });
  web.close();
});

test('a server too busy to accept connections is given up after the time allowed', async () => {
  await using frozen = await startOvsdbServer({ schema: 'vswitch' });
  process.kill(frozen.pid(), 'SIGSTOP');
  const { port } = new URL(frozen.tcpRemote.replace('tcp:', 'http://'));
  const queued: Socket[] = [];
  for (let count = 0; count < 64; count++)
    queued.push(connect(Number(port), '127.0.0.1').on('error', () => undefined));
  await once(queued[0] ?? frozenFault(), 'connect');
  await expect(
    openDatabase({ remotes: [frozen.tcpRemote], database, connectTimeoutMs: 100 }),
  ).rejects.toMatchObject({
    code: 'connect-timeout',
    retry: 'backoff',
  });
  for (const socket of queued) socket.destroy();
});

function frozenFault(): never {
  throw new Error('no socket was made');
}
