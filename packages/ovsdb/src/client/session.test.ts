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

  test('is borne for longer while contents are due, counted from the last byte', async () => {
    const answer = session.request('monitor', [], keep, { loads: true });
    vi.advanceTimersByTime(3_000);
    await say(' ');
    vi.advanceTimersByTime(3_000);
    expect(ends).toEqual([]);
    await say('{"id":1,"result":2,"error":null}');
    expect(await answer).toBe(2);
  });

  test('is too long even then, once the time for contents is over', async () => {
    const answer = expect(session.request('monitor', [], keep, { loads: true })).rejects.toMatchObject({
      code: 'disconnected',
      message: expect.stringContaining('nothing of the contents has come for 3000 ms'),
    });
    vi.advanceTimersByTime(4_000);
    await answer;
  });
});

describe('a peer that does not read', () => {
  const long = 'x'.repeat(20_000);

  test('is sent no more than it takes; the rest waits in order', async () => {
    server.pause();
    const answers = Promise.allSettled(
      [1, 2, 3, 4, 5, 6, 7, 8].map((place) => session.request('a', [place, long], keep)),
    );
    await settle();
    session.end(new OvsdbFault('disconnected', 'cut', { retry: 'backoff' }));
    const outcomes = (await answers).map((answer) => answer.status === 'rejected' && answer.reason.outcome);
    expect(outcomes[0]).toBe('unknown');
    expect(outcomes.at(-1)).toBe('not-sent');
    expect(outcomes.toSorted((left, right) => String(right).localeCompare(String(left)))).toEqual(outcomes);
  });

  test('gets everything once it reads again', async () => {
    server.removeAllListeners('data');
    server.pause();
    const framer = createFramer(100_000);
    const places = Array.from({ length: 20 }, (_, place) => place);
    const answers = Promise.all(places.map((place) => session.request('a', [place, long], keep)));
    await settle();
    server.on('data', (chunk: Uint8Array) => {
      for (const message of framer.push(chunk).map(parseMessage)) {
        if (message.kind !== 'request') continue;
        server.write(JSON.stringify({ id: message.id, result: message.params[0], error: null }));
      }
    });
    server.resume();
    expect(await answers).toEqual(places);
  });
});

describe('a request that is taken back', () => {
  test('before it was written is never sent', async () => {
    const answer = session.request('a', [], keep, { signal: AbortSignal.abort() });
    await expect(answer).rejects.toMatchObject({ code: 'aborted', outcome: 'not-sent' });
    await settle();
    expect(received).toEqual([]);
  });

  test('is cancelled at the server, whose word on it counts', async () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const dropped = session.request('a', [], keep, { signal: first.signal });
    const done = session.request('b', [], keep, { signal: second.signal });
    await settle();
    first.abort();
    second.abort();
    await settle();
    expect(received.slice(2)).toEqual([
      { kind: 'notification', method: 'cancel', params: [1] },
      { kind: 'notification', method: 'cancel', params: [2] },
    ]);
    const isDropped = expect(dropped).rejects.toMatchObject({ code: 'aborted', outcome: 'not-sent' });
    await say('{"id":1,"result":null,"error":"canceled"}', '{"id":2,"result":3,"error":null}');
    await isDropped;
    expect(await done).toBe(3);
  });
});
