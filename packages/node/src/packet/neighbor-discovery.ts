import { type Ip, ipOf, ipValue, type Mac, macBytes, parseMac } from '@berth/net';
import { joined, ofIp, ofMac, unsigned, zeros } from '../openflow/bytes.ts';
import type { AddressProbe, Announcement } from './arp.ts';
import { type Ethernet, encodeEthernet, etherType } from './ethernet.ts';

const [solicitation, advertisement] = [135, 136];
const icmpv6 = 58;
const hopLimit = 255;

/**
 * Asks who has an IPv6 address (RFC 4861 section 4.3) from the link-local address of the probing MAC. Not from the
 * unspecified address: that is answered to all nodes (section 7.2.4), so every node would take the answer to another
 * one's question for its own, and each question would be heard everywhere.
 */
export function neighborSolicitation({ mac, target, vlanId }: AddressProbe): Uint8Array {
  const group = solicitedNode(target);
  return frameOf({
    ethernet: { destination: groupMac(group), source: mac, vlanId },
    source: linkLocal(mac),
    destination: group,
    message: joined(unsigned(solicitation, 1), zeros(7), ofIp(target), linkLayer(1, mac)),
  });
}

/** Tells all nodes, unasked, that an IPv6 address is at a MAC address, whatever they knew (RFC 4861 section 7.2.6). */
export function neighborAnnouncement({ mac, ip, vlanId }: Announcement): Uint8Array {
  const override = 0x20;
  const destination = address(0xff020000000000000000000000000001n);
  return frameOf({
    ethernet: { destination: groupMac(destination), source: mac, vlanId },
    source: ip,
    destination,
    message: joined(
      unsigned(advertisement, 1),
      zeros(3),
      unsigned(override, 1),
      zeros(3),
      ofIp(ip),
      linkLayer(2, mac),
    ),
  });
}

/** The address that a neighbour advertisement is about; undefined for any other frame. */
export function neighborAnswer({ type, payload }: Ethernet): Ip | undefined {
  if (type !== etherType.ipv6 || payload.length < 64) return undefined;
  if (payload[6] !== icmpv6 || payload[7] !== hopLimit || payload[40] !== advertisement) return undefined;
  return ipOf('IPv6', numberIn(payload.subarray(48, 64)));
}

/** The link-local address of a MAC address (RFC 4291, appendix A). */
export function linkLocal(mac: Mac): Ip {
  const [first = 0, ...rest] = macBytes(mac);
  const identifier = [first ^ 2, ...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2)];
  return address((0xfe80n << 112n) | numberIn(Uint8Array.from(identifier)));
}

function solicitedNode(target: Ip): Ip {
  return address(0xff0200000000000000000001ff000000n | (ipValue(target) & 0xffffffn));
}

/** The MAC address of an IPv6 group (RFC 2464 section 7). */
function groupMac(group: Ip): Mac {
  const bytes = ofIp(group).subarray(12);
  const text = [0x33, 0x33, ...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
  const mac = parseMac(text);
  if (!mac) throw new TypeError(`not a MAC address: ${text}`);
  return mac;
}

function linkLayer(option: 1 | 2, mac: Mac): Uint8Array {
  return joined(unsigned(option, 1), unsigned(1, 1), ofMac(mac));
}

function frameOf(parts: {
  readonly ethernet: Pick<Ethernet, 'destination' | 'source' | 'vlanId'>;
  readonly source: Ip;
  readonly destination: Ip;
  readonly message: Uint8Array;
}): Uint8Array {
  const [source, destination] = [ofIp(parts.source), ofIp(parts.destination)];
  const { message } = parts;
  const pseudoHeader = joined(
    source,
    destination,
    unsigned(message.length, 4),
    zeros(3),
    unsigned(icmpv6, 1),
  );
  const summed = joined(
    message.subarray(0, 2),
    unsigned(checksum(joined(pseudoHeader, message)), 2),
    message.subarray(4),
  );
  const header = joined(
    unsigned(0x60000000, 4),
    unsigned(message.length, 2),
    unsigned(icmpv6, 1),
    unsigned(hopLimit, 1),
  );
  const payload = joined(header, source, destination, summed);
  return encodeEthernet({ ...parts.ethernet, type: etherType.ipv6, payload });
}

/** The Internet checksum (RFC 1071) of an even number of bytes. */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function numberIn(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function address(value: bigint): Ip {
  const ip = ipOf('IPv6', value);
  if (!ip) throw new TypeError(`not an address: ${value}`);
  return ip;
}
