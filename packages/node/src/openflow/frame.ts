/** A message on the wire: OpenFlow Switch Specification 1.3.5, section 7.1. */
export type Frame = { readonly type: number; readonly xid: number; readonly body: Uint8Array };

/** The version that is spoken: OpenFlow 1.3, which every Open vSwitch since 2.3 accepts. */
const wireVersion = 0x04;

/** Types of messages (`ofp_type`). */
export const messageType = {
  hello: 0,
  error: 1,
  echoRequest: 2,
  echoReply: 3,
  setConfig: 9,
  packetIn: 10,
  packetOut: 13,
  flowMod: 14,
  multipartRequest: 18,
  multipartReply: 19,
  barrierRequest: 20,
  barrierReply: 21,
} as const;

const headerBytes = 8;

/** The bytes of a message. */
export function encodeFrame({ type, xid, body }: Frame): Uint8Array {
  const bytes = new Uint8Array(headerBytes + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, wireVersion);
  view.setUint8(1, type);
  view.setUint16(2, bytes.length);
  view.setUint32(4, xid);
  bytes.set(body, headerBytes);
  return bytes;
}

/** What a stream of bytes holds: whole messages, and the beginning of one that is not complete. */
export type FrameReading = { readonly frames: readonly Frame[]; readonly rest: Uint8Array };

/**
 * Takes whole messages off a stream. Throws `RangeError` where the bytes cannot be OpenFlow 1.3: a stream that was
 * misread once stays so.
 */
export function readFrames(bytes: Uint8Array): FrameReading {
  const frames: Frame[] = [];
  let start = 0;
  while (bytes.length - start >= headerBytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + start);
    const length = view.getUint16(2);
    const type = view.getUint8(1);
    if (length < headerBytes) throw new RangeError(`a message of ${length} bytes`);
    // A hello states the highest version of its sender, whatever is spoken afterwards.
    if (type !== messageType.hello && view.getUint8(0) !== wireVersion) {
      throw new RangeError(`a message of version ${view.getUint8(0)}`);
    }
    if (bytes.length - start < length) break;
    frames.push({
      type,
      xid: view.getUint32(4),
      body: new Uint8Array(bytes.subarray(start + headerBytes, start + length)),
    });
    start += length;
  }
  return { frames, rest: new Uint8Array(bytes.subarray(start)) };
}
