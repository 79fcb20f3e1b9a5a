import type { Mac } from '@berth/net';
import { joined, ofMac, padded, unsigned } from './bytes.ts';

/** Which packets a flow is for. What is absent does not matter. */
export type Match = {
  /** OpenFlow number of the port they come in by. */
  readonly inPort?: number;
  readonly ethDst?: Mac;
  readonly ethSrc?: Mac;
  /** 0: without a tag. */
  readonly vlanId?: number;
};

/** Fields of the class `OFPXMC_OPENFLOW_BASIC` (OpenFlow 1.3.5, table 12). */
const field = { inPort: 0, ethDst: 3, ethSrc: 4, vlanId: 6 } as const;

/** Says that there is a tag (`OFPVID_PRESENT`). */
const tagPresent = 0x1000;

/** The bytes of `ofp_match`, a multiple of eight. */
export function encodeMatch({ inPort, ethDst, ethSrc, vlanId }: Match): Uint8Array {
  const fields = joined(
    ...(inPort === undefined ? [] : [oxm(field.inPort, unsigned(inPort, 4))]),
    ...(ethDst === undefined ? [] : [oxm(field.ethDst, ofMac(ethDst))]),
    ...(ethSrc === undefined ? [] : [oxm(field.ethSrc, ofMac(ethSrc))]),
    ...(vlanId === undefined ? [] : [oxm(field.vlanId, unsigned(vlanId === 0 ? 0 : vlanId | tagPresent, 2))]),
  );
  const oxmType = 1;
  return padded(joined(unsigned(oxmType, 2), unsigned(4 + fields.length, 2), fields), 8);
}

/** The port a packet came in by, from the bytes of `ofp_match`; undefined when they do not say. */
export function readInPort(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = Math.min(view.getUint16(2), bytes.length);
  for (let at = 4; at + 4 <= end; at += 4 + view.getUint8(at + 3)) {
    if (view.getUint32(at) === 0x80000004 && at + 8 <= end) return view.getUint32(at + 4);
  }
  return undefined;
}

function oxm(number: number, value: Uint8Array): Uint8Array {
  const basicClass = 0x8000;
  return joined(unsigned(basicClass, 2), unsigned(number << 1, 1), unsigned(value.length, 1), value);
}
