import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFramer } from './framing.ts';

const encoder = new TextEncoder();
const tricky = [
  { id: 1, result: { a: [{}, { b: '}{' }] }, error: null },
  { text: 'quote " backslash \\ both \\" brace }' },
  {},
  { unicode: 'Zürich 🚢 \u0000', 'ключ}': '"' },
  { nested: { nested: { nested: ['\\', '\\\\"', ''] } } },
];
const stream = encoder.encode(tricky.map((object) => JSON.stringify(object)).join(''));

function framed(chunks: readonly Uint8Array[], maxMessageBytes = 10_000): readonly unknown[] {
  const framer = createFramer(maxMessageBytes);
  return chunks.flatMap((chunk) => framer.push(chunk)).map((text) => JSON.parse(text));
}

describe('objects come out whole', () => {
  test('however the stream is cut in two', () => {
    for (let at = 0; at <= stream.length; at++) {
      expect(framed([stream.subarray(0, at), stream.subarray(at)])).toEqual(tricky);
    }
  });

  test('byte by byte', () => {
    expect(framed([...stream].map((byte) => Uint8Array.of(byte)))).toEqual(tricky);
  });

  test('with white space between them', () => {
    const spaced = encoder.encode(
      ` \n${tricky.map((object) => JSON.stringify(object, null, 2)).join('\r\n\t')} `,
    );
    expect(framed([spaced])).toEqual(tricky);
  });

  test('for any objects in any chunks', () => {
    const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue()));
    fc.assert(
      fc.property(objects, fc.array(fc.nat({ max: 400 })), (list, cuts) => {
        const texts = list.map((object) => JSON.stringify(object));
        const bytes = encoder.encode(texts.join(''));
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort(
          (l, r) => l - r,
        );
        const chunks = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
        const framer = createFramer(1e6);
        expect(chunks.flatMap((chunk) => framer.push(chunk))).toEqual(texts);
      }),
    );
  });
});

test('each object is given as soon as its last byte is there', () => {
  const framer = createFramer(100);
  expect(framer.push(encoder.encode('{"a":1}{"b"'))).toEqual(['{"a":1}']);
  expect(framer.push(encoder.encode(':2'))).toEqual([]);
  expect(framer.push(encoder.encode('}'))).toEqual(['{"b":2}']);
});

test('a message above the limit is refused, one at the limit is not', () => {
  const message = encoder.encode('{"a":"1234567"}');
  expect(createFramer(message.length).push(message)).toHaveLength(1);
  const tooLarge = expect.objectContaining({ code: 'message-too-large' });
  expect(() => createFramer(message.length - 1).push(message)).toThrow(tooLarge);
  const framer = createFramer(10);
  expect(framer.push(message.subarray(0, 10))).toEqual([]);
  expect(() => framer.push(message.subarray(10, 11))).toThrow(tooLarge);
});

test('many small messages may exceed the limit together', () => {
  expect(createFramer(4).push(encoder.encode('{}'.repeat(100)))).toHaveLength(100);
});

test.each(['x', ']', 'HTTP/1.1 400', '{}x', '}'])('%j between objects is a protocol error', (text) => {
  expect(() => createFramer(100).push(encoder.encode(text))).toThrow(
    expect.objectContaining({ code: 'protocol-error' }),
  );
});
