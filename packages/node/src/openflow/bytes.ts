import { familyOf, type Ip, ipValue, type Mac, macBytes } from '@berth/net';

/** Several pieces, one after the other. */
export function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** An unsigned number, the most significant byte first. */
export function unsigned(value: number | bigint, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let rest = BigInt(value);
  for (let at = size - 1; at >= 0; at--) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/** Bytes of nothing. */
export function zeros(size: number): Uint8Array {
  return new Uint8Array(size);
}

/** Bytes with as many zeros after them as make the length a multiple. */
export function padded(bytes: Uint8Array, multiple: number): Uint8Array {
  return joined(bytes, zeros((multiple - (bytes.length % multiple)) % multiple));
}

/** The bytes of a MAC address. */
export function ofMac(mac: Mac): Uint8Array {
  return Uint8Array.from(macBytes(mac));
}

/** The bytes of an address, 4 or 16. */
export function ofIp(ip: Ip): Uint8Array {
  return unsigned(ipValue(ip), familyOf(ip) === 'IPv4' ? 4 : 16);
}

/** Whether two pieces are the same. */
export function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}
