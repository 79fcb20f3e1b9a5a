import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha1 } from './sha1.ts';

test('the examples of RFC 3174', () => {
  const of = (text: string) => sha1(new TextEncoder().encode(text));
  expect(of('abc')).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
  expect(of('')).toBe('da39a3ee5e6b4b0d3255bfef95601890afd80709');
});

test('is the SHA-1 of Node for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(sha1(bytes)).toBe(createHash('sha1').update(bytes).digest('hex'));
    }),
  );
});
