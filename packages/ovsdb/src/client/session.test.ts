import { type Duplex, duplexPair } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { OvsdbFault } from '../value/fault.ts';
import type { Json } from '../value/json.ts';
import { createFramer } from '../wire/framing.ts';
import { type Message, parseMessage } from '../wire/json-rpc.ts';
import { Session } from './session.ts';

let session: Session;
let server: Duplex;
let received: Message[];
let notifications: unknown[];
let ends: OvsdbFault[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  received = [];
  notifications = [];
  ends = [];
  const [ours, theirs] = duplexPair();
  server = theirs;
  const framer = createFramer(1_000);
  server.on('data', (chunk: Uint8Array) => received.push(...framer.push(chunk).map(parseMessage)));
  session = new Session(ours, {
    inactivityProbeMs: 1_000,
    loadTimeoutMs: 3_000,
    maxMessageBytes: 1_000,
    onNotification: (method, params) => {
      if (method === 'broken') throw new OvsdbFault('protocol-error', 'broken');
      notifications.push([method, params]);
    },
    onEnd: (fault) => ends.push(fault),
  });
});

afterEach(() => {
  session.end(new OvsdbFault('closed', 'test is over'));
  vi.useRealTimers();
});

const keep = (result: Json) => result;

/** Lets the streams pass on what was written. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function say(...texts: readonly string[]): Promise<void> {
  server.write(texts.join(''));
  await settle();
}

describe('requests', () => {
  test('are matched with their answers in any order', async () => {
    const answers = Promise.all([session.request('a', [], keep), session.request('b', [1], keep)]);
    await settle();
    expect(received).toEqual([
      { kind: 'request', id: 1, method: 'a', params: [] },
      { kind: 'request', id: 2, method: 'b', params: [1] },
    ]);
    await say('{"id":2,"result":"B","error":null}', '{"id":1,"result":"A","error":null}');
    expect(await answers).toEqual(['A', 'B']);
  });

  test('take effect in the order of the messages, also within one chunk', async () => {
    const order: unknown[] = notifications;
    const answer = session.request('a', [], (result) => order.push(['answer', result]));
    await say(
      '{"method":"n","params":[1]}',
      '{"id":1,"result":2,"error":null}',
      '{"method":"n","params":[3]}',
    );
    await answer;
    expect(order).toEqual([
      ['n', [1]],
      ['answer', 2],
      ['n', [3]],
    ]);
  });

  test('are refused by an error of the server', async () => {
    const answer = expect(session.request('a', [], keep)).rejects.toMatchObject({
      code: 'request-refused',
      message: 'a refused: {"error":"no"}',
    });
    await say('{"id":1,"result":null,"error":{"error":"no"}}');
    await answer;
    expect(session.ended).toBeUndefined();
  });

  test('are rejected as of unknown outcome when the connection ends', async () => {
    const answer = expect(session.request('transact', [], keep)).rejects.toMatchObject({
      code: 'disconnected',
      retry: 'backoff',
      outcome: 'unknown',
    });
    await settle();
    server.destroy();
    await settle();
    await answer;
    expect(ends).toHaveLength(1);
    await expect(session.request('b', [], keep)).rejects.toMatchObject({
      code: 'disconnected',
      outcome: 'not-sent',
    });
  });

  test('keep the fault of what reads their result, and end the session only if the peer is at fault', async () => {
    const refuse = (fault: OvsdbFault) => () => {
      throw fault;
    };
    const lost = new OvsdbFault('transaction-refused', 'refused');
    const first = expect(session.request('a', [], refuse(lost))).rejects.toBe(lost);
    await say('{"id":1,"result":1,"error":null}');
    await first;
    expect(ends).toEqual([]);
    const nonsense = new OvsdbFault('protocol-error', 'nonsense');
    const second = expect(session.request('a', [], refuse(nonsense))).rejects.toBe(nonsense);
    await say('{"id":2,"result":1,"error":null}');
    await second;
    expect(ends).toEqual([nonsense]);
  });
});

describe('the peer', () => {
  test('has its echo answered and other requests refused', async () => {
    await say('{"id":"x","method":"echo","params":[1]}', '{"id":"y","method":"steal","params":[]}');
    expect(received).toEqual([
      { kind: 'result', id: 'x', result: [1] },
      { kind: 'error', id: 'y', error: 'unknown method' },
    ]);
  });

  test.each([
    ['nonsense', 'protocol-error'],
    ['{"id":1', undefined],
    ['{"id":null}', 'protocol-error'],
    ['{"method":"broken","params":[]}', 'protocol-error'],
    [`{"a":"${'x'.repeat(1_000)}`, 'message-too-large'],
  ])('who sends nonsense is left: %#', async (text, code) => {
    await say(text);
    expect(session.ended?.code).toBe(code);
  });

  test('may answer what was never asked', async () => {
    await say('{"id":77,"result":1,"error":null}');
    expect(session.ended).toBeUndefined();
  });
});

describe('silence', () => {
  test('makes an echo, and after as much silence again ends the session', async () => {
    const answer = expect(session.request('a', [], keep)).rejects.toMatchObject({ code: 'disconnected' });
    vi.advanceTimersByTime(1_000);
    await settle();
    expect(received.map((message) => (message.kind === 'request' ? message.method : message.kind))).toEqual([
      'a',
      'echo',
    ]);
    expect(ends).toEqual([]);
    vi.advanceTimersByTime(1_000);
    await answer;
    expect(ends.map((fault) => fault.code)).toEqual(['disconnected']);
  });

  test('is over with any byte', async () => {
    vi.advanceTimersByTime(1_000);
    await say(' ');
    vi.advanceTimersByTime(1_000);
    await settle();
    expect(ends).toEqual([]);
    expect(received).toHaveLength(2);
  });
});
