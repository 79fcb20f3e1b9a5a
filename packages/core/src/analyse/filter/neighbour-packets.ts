import { addressBits, frameFields, hardwareBits, whole } from './known-bits.ts';
import type { Packet } from './packet.ts';
import type { Passage } from './passage.ts';

/** A packet of ARP where it comes from a port, and what leaves by one because of it. */
export type NeighbourPackets = { readonly asked: Packet; readonly told: Packet };

type End = {
  readonly port: string | undefined;
  readonly mac: string | undefined;
  readonly ip: string | undefined;
};

/**
 * How the two ends of a passage find each other by ARP: a workload asks for its router, for which the switch answers at once; on the outside both ask,
 * and both answer.
 */
export function neighbourPackets(passage: Passage): readonly NeighbourPackets[] {
  const { outer, inner, ip, isWorkload, macs, routerIp } = passage;
  const own: End = { port: inner, mac: macs?.inner, ip };
  if (isWorkload) {
    const router: End = { port: inner, mac: macs?.outer, ip: routerIp };
    return [{ asked: question(own, router), told: answer(router, own) }];
  }
  const other: End = { port: outer, mac: macs?.outer, ip: undefined };
  const asking: End = { ...own, ip: routerIp };
  const ways = [question(other, own), answer(own, other), question(asking, other), answer(other, asking)];
  return ways.map((packet) => ({ asked: packet, told: packet }));
}

const everybody = 'ff:ff:ff:ff:ff:ff';
const nobody = '00:00:00:00:00:00';

function question(from: End, to: End): Packet {
  return arp(1, from, { ...to, mac: nobody }, everybody);
}

function answer(from: End, to: End): Packet {
  return arp(2, from, to, to.mac);
}

/** An ARP packet over Ethernet (RFC 826). */
function arp(op: 1 | 2, from: End, to: End, frameTo: string | undefined): Packet {
  const fields = {
    ...frameFields(from.mac, frameTo),
    'arp.op': whole(op),
    'arp.sha': hardwareBits(from.mac),
    'arp.spa': addressBits(from.ip),
    'arp.tha': hardwareBits(to.mac),
    'arp.tpa': addressBits(to.ip),
  };
  return { kind: 'arp', ct: [], inport: from.port, outport: to.port, fields };
}
