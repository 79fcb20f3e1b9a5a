import { Address4, Address6, AddressError } from 'ip-address';

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
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const decoded = read(text);
  if (decoded === undefined) return undefined;
  if (remembered.size === mostRemembered) remembered.clear();
  remembered.set(text, decoded);
  return decoded;
}

/** Answers of `decode`. The same addresses are read on every pass, and reading one costs microseconds. */
const remembered = new Map<string, Decoded>();
const mostRemembered = 200_000;

function read(text: string): Decoded | undefined {
  // What cannot be an address is told apart without an error, which costs as much as a hundred addresses.
  if (!/^[0-9a-fA-F.:]+$/.test(text)) return undefined;
  try {
    if (text.includes(':')) return { family: 'IPv6', value: new Address6(text).bigInt() };
    return { family: 'IPv4', value: new Address4(text).bigInt() };
  } catch (error) {
    if (error instanceof AddressError) return undefined;
    throw error;
  }
}

/** The canonical text of an address: dotted decimal, or RFC 5952 for IPv6. */
export function encode(decoded: Decoded): string {
  const known = written.get(decoded);
  if (known !== undefined) return known;
  const { family, value } = decoded;
  const text =
    family === 'IPv4' ? Address4.fromBigInt(value).address : Address6.fromBigInt(value).correctForm();
  written.set(decoded, text);
  return text;
}

/** Answers of `encode`, for as long as the address read is remembered. */
const written = new WeakMap<Decoded, string>();
