import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame, type Frame, messageType, readFrames } from './frame.ts';

const frame = fc.record<Frame>({
  type: fc.constantFrom(...Object.values(messageType)),
  xid: fc.integer({ min: 0, max: 0xffffffff }),
  body: fc.uint8Array({ maxLength: 60 }),
});

test('what is written is read, however the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(frame), fc.array(fc.nat(60)), (frames, cuts) => {
      const stream = Buffer.concat(frames.map(encodeFrame));
      const read: Frame[] = [];
      let rest = new Uint8Array();
      for (let at = 0; at < stream.length; ) {
        const size = Math.max(1, cuts.shift() ?? stream.length);
        const reading = readFrames(Buffer.concat([rest, stream.subarray(at, at + size)]));
        read.push(...reading.frames);
        rest = new Uint8Array(reading.rest);
        at += size;
      }
      expect(read).toEqual(frames);
      expect(rest).toHaveLength(0);
    }),
  );
});

test.each([
  ['another version than was agreed on', [1, messageType.barrierReply, 0, 8, 0, 0, 0, 1]],
  ['a length that cannot be', [4, messageType.barrierReply, 0, 7, 0, 0, 0, 1]],
])('%s is refused', (_, bytes) => {
  expect(() => readFrames(Uint8Array.from(bytes))).toThrow(RangeError);
});

test('a hello of a newer version is read', () => {
  const { frames } = readFrames(Uint8Array.from([6, messageType.hello, 0, 8, 0, 0, 0, 1]));
  expect(frames.map(({ type }) => type)).toEqual([messageType.hello]);
});
