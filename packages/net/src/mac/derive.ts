import { encodeMac, type Mac } from './mac.ts';

/**
 * The FNV-1a hash of the UTF-8 bytes of a text, 64 bits. Not for secrets. In four limbs of 16 bits, whose products with those of the
 * prime 2^40 + 435 are small integers; big integers would take many times as long.
 */
export function fnv1a64(text: string): bigint {
  const bytes = new TextEncoder().encode(text);
  // The offset basis 0xcbf29ce484222325, lowest limb first.
  let [a, b, c, d] = [0x2325, 0x8422, 0x9ce4, 0xcbf2];
  for (let place = 0; place < bytes.length; place++) {
    const low = a ^ (bytes[place] ?? 0);
    const first = low * 435;
    const second = b * 435 + (first >>> 16);
    const third = c * 435 + (low << 8) + (second >>> 16);
    d = (d * 435 + (b << 8) + (third >>> 16)) & 0xffff;
    [a, b, c] = [first & 0xffff, second & 0xffff, third & 0xffff];
  }
  return [d, c, b, a].reduce((hash, limb) => (hash << 16n) | BigInt(limb), 0n);
}

/**
 * A MAC address that only depends on the seed: locally administered and unicast (IEEE 802c), the other 46 bits from
 * the hash of the seed. Among 10,000 seeds two are equal with a chance of about 1 in 1.4 million.
 */
export function macFromSeed(seed: string): Mac {
  const hash = fnv1a64(seed);
  const folded = BigInt.asUintN(48, hash ^ (hash >> 16n));
  const bytes = [40n, 32n, 24n, 16n, 8n, 0n].map((shift) => Number((folded >> shift) & 0xffn));
  const [first = 0, ...rest] = bytes;
  return encodeMac([(first & 0xfc) | 0x02, ...rest]);
}
