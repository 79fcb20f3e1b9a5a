import { ipValue, networkAddress, parseInterfaceAddress, parseIp, prefixLengthOf } from '@berth/net';

/** An address as OVN compares it. IPv4 has one spelling only, which is left as it is: this is called for every row. */
export function canonicalIp(text: string): string {
  return text.includes(':') ? (parseIp(text) ?? text) : text;
}

/** Whether a text is an address without mask. */
export function isIp(text: string): boolean {
  return dottedDecimal.test(text) || (text.includes(':') && parseIp(text) !== undefined);
}

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const dottedDecimal = new RegExp(`^${octet}(?:\\.${octet}){3}$`);

/** Whether two addresses or networks are of one family. */
export function sameFamily(left: string, right: string): boolean {
  return left.includes(':') === right.includes(':');
}

/** An address as a number of so many bits. */
export type AddressValue = { readonly value: bigint; readonly bits: number };

/** The number of an address, and how many bits it has; undefined for what is no address. */
export function addressValue(text: string): AddressValue | undefined {
  const network = spanOf(text);
  return network === undefined ? undefined : { value: network.first, bits: network.bits };
}

/** A run of addresses that share a prefix. */
export type Prefix = {
  readonly bits: number;
  readonly length: number;
  readonly first: bigint;
};

/** Reads an address or a network, with host bits or without; undefined for anything else. */
export function spanOf(text: string): Prefix | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) {
    const ip = parseIp(text);
    if (ip === undefined) return undefined;
    const bits = ip.includes(':') ? 128 : 32;
    return { bits, length: bits, first: ipValue(ip) };
  }
  const network = parseInterfaceAddress(text);
  if (network === undefined) return undefined;
  const address = networkAddress(network.cidr);
  const bits = address.includes(':') ? 128 : 32;
  return { bits, length: prefixLengthOf(network.cidr), first: ipValue(address) };
}

/** Whether an address lies in a network. */
export function isWithin(
  prefix: Prefix,
  address: { readonly value: bigint; readonly bits: number },
): boolean {
  return address.bits === prefix.bits && networkPart(address.value, prefix) === prefix.first;
}

/** The network of the prefix's length that an address is in, as a number. */
export function networkPart(value: bigint, { bits, length }: Pick<Prefix, 'bits' | 'length'>): bigint {
  const shift = BigInt(bits - length);
  return (value >> shift) << shift;
}
