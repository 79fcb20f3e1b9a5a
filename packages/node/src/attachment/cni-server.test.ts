import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { askAgent } from '../cni/ask-agent.ts';
import { CniFault } from '../cni/cni-fault.ts';
import type { CniRequest } from '../cni/wire.ts';
import { InterfaceTakenFault, NodeFault } from '../fault.ts';
import { HostFault } from '../host/host.ts';
import { type CniServerOptions, serveCni } from './cni-server.ts';

const status: CniRequest = { command: 'STATUS' };
const attachment = { containerId: '0c1d', ifname: 'eth0' };
const del: CniRequest = { command: 'DEL', network: 'berth', attachment };

let folder: string;
let socketPath: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cni-'));
  socketPath = join(folder, 'run/agent.sock');
});
afterEach(() => rmSync(folder, { recursive: true }));

function serve(handle: CniServerOptions['handle'], onRefused?: CniServerOptions['onRefused']) {
  return serveCni({ socketPath, handle, ...(onRefused && { onRefused }) });
}

const ask = (request: CniRequest, timeoutMs = 50_000) => askAgent(socketPath, request, timeoutMs);

test('answers each plugin with what it asked for, at a socket of root’s alone', async () => {
  const result = { interfaces: [], ips: [], routes: [] };
  await using _server = await serve(async ({ command }) => (command === 'STATUS' ? undefined : result));
  expect(await Promise.all([ask(status), ask(del)])).toEqual([{}, { result }]);
  expect(statSync(socketPath).mode & 0o777).toBe(0o600);
});

test.each([
  [new CniFault('not-as-made', 'off', 'more'), { code: 102, msg: 'off', details: 'more' }],
  [new InterfaceTakenFault({ namespace: 'd', name: 'w' }, 'taken'), { code: 101, msg: 'taken' }],
  [new NodeFault('port-not-installed', 'not yet'), { code: 11, msg: 'not yet' }],
  [new NodeFault('output-unreadable', 'what?'), { code: 100, msg: 'what?' }],
  [
    new HostFault('n1', ['ip'], 1, 'Cannot open network namespace "x": No such file or directory'),
    { code: 3 },
  ],
  [
    new HostFault('n1', ['ip'], 1, 'nsenter: cannot open /proc/1/ns/x: No such file or directory'),
    { code: 3 },
  ],
  [new HostFault('n1', ['ip'], 1, 'RTNETLINK answers: Device or resource busy'), { code: 11 }],
  [new TypeError('ours'), { code: 100, msg: 'ours' }],
])('%s is told as %j', async (fault, error) => {
  const refused: unknown[] = [];
  await using _server = await serve(
    () => Promise.reject(fault),
    (request, told) => refused.push([request, told]),
  );
  expect(await ask(del)).toMatchObject({ error });
  expect(refused).toEqual([[del, fault]]);
});

test('a plugin of another release is told so', async () => {
  await using _server = await serve(async () => undefined);
  const odd = JSON.parse('{"command":"MEND"}');
  expect(await ask(odd)).toMatchObject({ error: { code: 100, msg: expect.stringContaining('command') } });
});

test('a plugin that hangs up has its request given up', async () => {
  const [asked, given] = [Promise.withResolvers<void>(), Promise.withResolvers<unknown>()];
  const refused: unknown[] = [];
  await using _server = await serve(
    (_, signal) =>
      new Promise((_resolve, reject) => {
        asked.resolve();
        signal.addEventListener('abort', () => {
          given.resolve('given up');
          reject(signal.reason);
        });
      }),
    (request) => refused.push(request),
  );
  const plugin = connect(socketPath);
  plugin.write(`${JSON.stringify(del)}\n`);
  await asked.promise;
  plugin.destroy();
  expect(await given.promise).toBe('given up');
  expect(refused).toEqual([]);
});

test('a plugin that was not answered in time is told to come again', async () => {
  await using _server = await serve(
    (_, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  );
  await expect(ask(del, 50)).rejects.toMatchObject({ code: 'try-again-later' });
});

test('no agent, or one that ends in the middle: try again later, and STATUS says not available', async () => {
  await expect(ask(del)).rejects.toMatchObject({
    code: 'try-again-later',
    message: expect.stringContaining('ENOENT'),
  });
  await expect(ask(status)).rejects.toMatchObject({ code: 'not-available' });
  const asked = Promise.withResolvers<void>();
  const server = await serve(() => {
    asked.resolve();
    return new Promise(() => undefined);
  });
  const asking = ask(del);
  await asked.promise;
  await Promise.all([
    expect(asking).rejects.toMatchObject({
      code: 'try-again-later',
      message: expect.stringContaining('went away'),
    }),
    server[Symbol.asyncDispose](),
  ]);
  expect(existsSync(socketPath)).toBe(false);
});

test('whatever else answers there is no agent', async () => {
  for (const text of ['', 'HTTP/1.1 400\r\n', '[1\n', '{"error":1}\n']) {
    const other = createServer((socket) => socket.resume().end(text));
    const path = join(folder, 'other.sock');
    await new Promise<void>((resolve) => other.listen(path, resolve));
    await expect(askAgent(path, del, 50_000)).rejects.toMatchObject({ code: 'try-again-later' });
    await new Promise((resolve) => other.close(resolve));
  }
});

test('a new agent takes the socket, and the old one leaves it alone when it ends', async () => {
  const before = await serve(async () => ({ interfaces: [], ips: [], routes: [{ dst: 'old', gw: '' }] }));
  await using _after = await serve(async () => ({ interfaces: [], ips: [], routes: [] }));
  await before[Symbol.asyncDispose]();
  expect(await ask(del)).toEqual({ result: { interfaces: [], ips: [], routes: [] } });
});
