import { Address4, Address6 } from 'ip-address';

/** The two families, spelled as Kube-OVN's `protocol` field spells them. */
export type Family = 'IPv4' | 'IPv6';

/** How many bits an address of a family has. */
export const bitsOf: Readonly<Record<Family, number>> = { IPv4: 32, IPv6: 128 };

/** An address as a number, with what is needed to write it again. */
export type Decoded = { readonly family: Family; readonly value: bigint };

/**
 * Reads an address without prefix length or zone, in any spelling its family allows (RFC 4291 2.2 for IPv6, four
 * decimal parts without leading zeros for IPv4).
 */
export function decode(text: string): Decoded | undefined {
  if (/[/%\s]/.test(text)) return undefined;
  if (text.includes(':')) {
    return Address6.isValid(text) ? { family: 'IPv6', value: new Address6(text).bigInt() } : undefined;
  }
  return Address4.isValid(text) ? { family: 'IPv4', value: new Address4(text).bigInt() } : undefined;
}

/** The canonical text of an address: dotted decimal, or RFC 5952 for IPv6. */
export function encode({ family, value }: Decoded): string {
  return family === 'IPv4' ? Address4.fromBigInt(value).address : Address6.fromBigInt(value).correctForm();
}
