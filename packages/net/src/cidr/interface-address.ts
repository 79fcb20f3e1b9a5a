import type { Ip } from '../ip/ip.ts';
import { type Cidr, networkAddress, prefixLengthOf, readCidr } from './cidr.ts';

/** An address together with the network it is on, as `networks` of a Logical_Router_Port has it (ovn-nb(5)). */
export type InterfaceAddress = { readonly ip: Ip; readonly cidr: Cidr };

/** Reads `10.0.0.1/24`; undefined if it is not an address with a prefix length. */
export function parseInterfaceAddress(text: string): InterfaceAddress | undefined {
  const reading = readCidr(text);
  if (reading.kind === 'invalid') return undefined;
  if (reading.kind === 'host-bits') return { ip: reading.ip, cidr: reading.cidr };
  return { ip: networkAddress(reading.cidr), cidr: reading.cidr };
}

/** `10.0.0.1/24`: the address with the prefix length of its network. */
export function formatInterfaceAddress({ ip, cidr }: InterfaceAddress): string {
  return `${ip}/${prefixLengthOf(cidr)}`;
}
