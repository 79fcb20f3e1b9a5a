import { type Ip, ipOf, type Mac, parseMac } from '@berth/net';
import { joined, ofIp, ofMac, unsigned, zeros } from '../openflow/bytes.ts';
import { type Ethernet, encodeEthernet, etherType } from './ethernet.ts';

const broadcast = mac('ff:ff:ff:ff:ff:ff');
const request = 1;
const reply = 2;

/** Asks who has an IPv4 address without saying who asks (RFC 5227 section 2.1.1), so that nobody learns anything from it. */
export function arpProbe({ mac: source, target, vlanId }: AddressProbe): Uint8Array {
  return arpFrame({ source, vlanId, sender: zeros(4), target: ofIp(target) });
}

/** What a node asks the outside. */
export type AddressProbe = { readonly mac: Mac; readonly target: Ip; readonly vlanId: number };

/** Tells that an IPv4 address is at a MAC address (RFC 5227 section 2.3): a request for itself. */
export function arpAnnouncement({ mac: source, ip, vlanId }: Announcement): Uint8Array {
  return arpFrame({ source, vlanId, sender: ofIp(ip), target: ofIp(ip) });
}

/** That an address is now at a MAC address. */
export type Announcement = { readonly mac: Mac; readonly ip: Ip; readonly vlanId: number };

/** The address that an ARP reply answers for; undefined for any other frame. */
export function arpAnswer({ type, payload }: Ethernet): Ip | undefined {
  if (type !== etherType.arp || payload.length < 28) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  return view.getUint16(6) === reply ? ipOf('IPv4', BigInt(view.getUint32(14))) : undefined;
}

function arpFrame(parts: {
  readonly source: Mac;
  readonly vlanId: number;
  readonly sender: Uint8Array;
  readonly target: Uint8Array;
}): Uint8Array {
  const [ethernet, ipv4] = [1, 0x0800];
  const payload = joined(
    unsigned(ethernet, 2),
    unsigned(ipv4, 2),
    unsigned(6, 1),
    unsigned(4, 1),
    unsigned(request, 2),
    ofMac(parts.source),
    parts.sender,
    zeros(6),
    parts.target,
  );
  return encodeEthernet({
    destination: broadcast,
    source: parts.source,
    vlanId: parts.vlanId,
    type: etherType.arp,
    payload,
  });
}

function mac(text: string): Mac {
  const parsed = parseMac(text);
  if (!parsed) throw new TypeError(`not a MAC address: ${text}`);
  return parsed;
}
