import type { Uuid } from '@berth/ovsdb/value';

/*
 * SHA-1 (RFC 3174) of a namespace and a name, over one block of memory that every call uses again: a pass derives tens of
 * thousands of UUIDs, and a general library spends most of its time on making and freeing buffers.
 */
const words = new Int32Array(80);
const state = new Int32Array(5);
const start = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
const utf8 = new TextEncoder();
const blockBytes = 64;
let bytes = new Uint8Array(blockBytes * 4);
let view = new DataView(bytes.buffer);

/** The UUID of version 5 that a namespace gives a name (RFC 9562 section 5.5). */
export function derivedUuid(namespace: Uint8Array, name: string): Uuid {
  const needed = namespace.length + name.length * 3 + blockBytes * 2;
  if (bytes.length < needed) {
    bytes = new Uint8Array(needed * 2);
    view = new DataView(bytes.buffer);
  }
  bytes.set(namespace);
  digest(namespace.length + write(name, namespace.length));
  const [a = 0, b = 0, c = 0, d = 0] = state;
  return formatted(a, (b & 0xffff0fff) | 0x5000, (c & 0x3fffffff) | 0x80000000, d);
}

/** The 16 bytes of a UUID. */
export function uuidBytes(uuid: string): Uint8Array {
  const digits = uuid.replaceAll('-', '');
  return Uint8Array.from({ length: 16 }, (_, place) =>
    Number.parseInt(digits.slice(place * 2, place * 2 + 2), 16),
  );
}

/** Writes a text as UTF-8; how many bytes it took. */
function write(text: string, offset: number): number {
  for (let place = 0; place < text.length; place++) {
    const code = text.charCodeAt(place);
    if (code > 0x7f) return utf8.encodeInto(text, bytes.subarray(offset)).written;
    bytes[offset + place] = code;
  }
  return text.length;
}

function digest(length: number): void {
  const end = Math.ceil((length + 9) / blockBytes) * blockBytes;
  bytes.fill(0, length, end);
  bytes[length] = 0x80;
  const bits = length * 8;
  view.setInt32(end - 4, bits);
  state.set(start);
  for (let offset = 0; offset < end; offset += blockBytes) block(offset);
}

function block(offset: number): void {
  for (let i = 0, from = offset; i < 16; i++, from += 4) words[i] = view.getInt32(from);
  for (let i = 16; i < 80; i++) words[i] = rotated(at(i - 3) ^ at(i - 8) ^ at(i - 14) ^ at(i - 16), 1);
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (let i = 0; i < 80; i++) {
    const next = (rotated(a, 5) + mixed(i, b, c, d) + e + at(i)) | 0;
    e = d;
    d = c;
    c = rotated(b, 30);
    b = a;
    a = next;
  }
  add(0, a);
  add(1, b);
  add(2, c);
  add(3, d);
  add(4, e);
}

/** The function and constant of a round (RFC 3174 section 5). */
function mixed(round: number, b: number, c: number, d: number): number {
  if (round < 20) return (((b & c) | (~b & d)) + 0x5a827999) | 0;
  if (round < 40) return ((b ^ c ^ d) + 0x6ed9eba1) | 0;
  if (round < 60) return (((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc) | 0;
  return ((b ^ c ^ d) + 0xca62c1d6) | 0;
}

function at(index: number): number {
  return words[index] ?? 0;
}

function add(index: number, value: number): void {
  state[index] = ((state[index] ?? 0) + value) | 0;
}

function rotated(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

/** Two digits for each byte. */
const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function formatted(a: number, b: number, c: number, d: number): Uuid {
  const text = `${half(a >>> 16)}${half(a)}-${half(b >>> 16)}-${half(b)}-${half(c >>> 16)}-${half(c)}${half(d >>> 16)}${half(d)}`;
  return text as Uuid;
}

/** The four digits of 16 bits. */
function half(value: number): string {
  return `${hex[(value >>> 8) & 0xff]}${hex[value & 0xff]}`;
}
