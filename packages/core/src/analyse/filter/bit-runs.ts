import type { Prefix } from '../flows/address-text.ts';
import type { KnownBits } from './packet.ts';

/** Of each run of numbers between cuts the lowest that has the known bits. */
export function oneOfEach(cuts: readonly bigint[], bits: number, part: KnownBits): readonly bigint[] {
  const sorted = [...new Set(cuts)].toSorted((left, right) => (left < right ? -1 : 1));
  return sorted.flatMap((cut, place) => {
    const value = lowestFrom(cut, bits, part);
    return value !== undefined && value < (sorted[place + 1] ?? 1n << BigInt(bits)) ? [value] : [];
  });
}

/** The lowest number from another one on that has the known bits. */
export function lowestFrom(from: bigint, bits: number, { value, known }: KnownBits): bigint | undefined {
  if (((from ^ value) & known) === 0n) return from;
  // It is as `from` down to a bit that it has and `from` has not; below that it is as low as it can be.
  for (let place = 0n; place < bits; place += 1n) {
    const bit = 1n << place;
    const above = -1n << (place + 1n);
    const isFree = (known & bit) === 0n || (value & bit) !== 0n;
    if ((from & bit) === 0n && isFree && ((from ^ value) & known & above) === 0n)
      return (from & above) | bit | (value & known & (bit - 1n));
  }
  return undefined;
}

/** Whether all numbers with some bits are in a network. */
export function isAllWithin({ bits, length, first }: Prefix, { value, known }: KnownBits): boolean {
  const mask = ((1n << BigInt(length)) - 1n) << BigInt(bits - length);
  return (known & mask) === mask && (value & mask) === first;
}
