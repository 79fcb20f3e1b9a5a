import { type Mac, parseMac } from '@berth/net';
import { joined, ofMac, unsigned, zeros } from '../openflow/bytes.ts';

/** An Ethernet frame, with the tag of its VLAN (IEEE 802.1Q); 0 for none. */
export type Ethernet = {
  readonly destination: Mac;
  readonly source: Mac;
  readonly vlanId: number;
  readonly type: number;
  readonly payload: Uint8Array;
};

export const etherType = { arp: 0x0806, ipv6: 0x86dd, vlan: 0x8100 } as const;

const smallestFrame = 60;

/** The bytes of a frame, filled up to the smallest there may be. */
export function encodeEthernet({ destination, source, vlanId, type, payload }: Ethernet): Uint8Array {
  const frame = joined(
    ofMac(destination),
    ofMac(source),
    ...(vlanId === 0 ? [] : [unsigned(etherType.vlan, 2), unsigned(vlanId, 2)]),
    unsigned(type, 2),
    payload,
  );
  return joined(frame, zeros(Math.max(0, smallestFrame - frame.length)));
}

/** Reads a frame with one tag or none; undefined when it is too short. */
export function readEthernet(frame: Uint8Array): Ethernet | undefined {
  const isTagged = frame[12] === 0x81 && frame[13] === 0x00;
  const at = isTagged ? 16 : 12;
  const [destination, source] = [macAt(frame, 0), macAt(frame, 6)];
  if (frame.length < at + 2 || !destination || !source) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  return {
    destination,
    source,
    vlanId: isTagged ? view.getUint16(14) & 0x0fff : 0,
    type: view.getUint16(at),
    payload: frame.subarray(at + 2),
  };
}

function macAt(bytes: Uint8Array, at: number): Mac | undefined {
  const pairs = [...bytes.subarray(at, at + 6)].map((byte) => byte.toString(16).padStart(2, '0'));
  return parseMac(pairs.join(':'));
}
