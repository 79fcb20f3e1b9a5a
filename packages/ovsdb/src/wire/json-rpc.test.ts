import { expect, test } from 'vitest';
import { formatMessage, type Message, parseMessage } from './json-rpc.ts';

const messages: readonly (readonly [Message, string])[] = [
  [{ kind: 'request', id: 1, method: 'echo', params: [] }, '{"id":1,"method":"echo","params":[]}'],
  [{ kind: 'notification', method: 'update', params: [1] }, '{"id":null,"method":"update","params":[1]}'],
  [{ kind: 'result', id: 'echo', result: [] }, '{"id":"echo","result":[],"error":null}'],
  [{ kind: 'result', id: 1, result: null }, '{"id":1,"result":null,"error":null}'],
  [{ kind: 'error', id: 1, error: { error: 'no' } }, '{"id":1,"result":null,"error":{"error":"no"}}'],
];

test.each(messages)('%j', (message, text) => {
  expect(formatMessage(message)).toBe(text);
  expect(parseMessage(text)).toEqual(message);
});

test('a notification may leave its id out', () => {
  expect(parseMessage('{"method":"m","params":[]}')).toEqual({
    kind: 'notification',
    method: 'm',
    params: [],
  });
});

test.each([
  '{"a":}',
  '{}',
  '{"id":null,"result":1}',
  '{"method":"m"}',
  '{"id":1,"method":"m","params":{}}',
  '{"result":1}',
])('%s is a protocol error', (text) => {
  expect(() => parseMessage(text)).toThrow(
    expect.objectContaining({ code: 'protocol-error', retry: 'backoff' }),
  );
});
