import { bitsOf } from '../ip/address.ts';
import { decodeIp, encodeIp, type Ip } from '../ip/ip.ts';
import type { Span } from '../range/span.ts';
import { type Cidr, cidrSpan, prefixLengthOf } from './cidr.ts';

/**
 * The addresses of a network that a host can have. IPv4 leaves out the network and broadcast address (not of a /31,
 * RFC 3021, or /32); IPv6 leaves out the subnet-router anycast address (RFC 4291 2.6.1; not of a /127, RFC 6164, or /128).
 */
export function hostSpan(cidr: Cidr): Span {
  const span = cidrSpan(cidr);
  const known = remembered.get(span);
  if (known) return known;
  const { family, first, last } = span;
  const isPair = prefixLengthOf(cidr) >= bitsOf[family] - 1;
  const hosts = isPair ? { first, last } : { first: first + 1n, last: family === 'IPv4' ? last - 1n : last };
  remembered.set(span, hosts);
  return hosts;
}

/** Answers of `hostSpan`, for as long as those of `cidrSpan` are remembered. */
const remembered = new WeakMap<object, Span>();

/** The lowest address a host can have: Kube-OVN's default gateway of a subnet. */
export function firstHost(cidr: Cidr): Ip {
  return encodeIp({ family: cidrSpan(cidr).family, value: hostSpan(cidr).first });
}

/** Whether an address of the network can be given to a host. */
export function isHost(cidr: Cidr, ip: Ip): boolean {
  const { family } = cidrSpan(cidr);
  const span = hostSpan(cidr);
  const at = decodeIp(ip);
  return at.family === family && span.first <= at.value && at.value <= span.last;
}
