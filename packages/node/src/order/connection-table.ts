import { type Ip, parseIp } from '@berth/net';

/** A connection as `dpctl/dump-conntrack` lists it (ovs-dpctl(8)), as far as it takes to end it. */
export type TrackedConnection = {
  readonly zone: number;
  /** Where its first packets go, and where those that come back go. */
  readonly to: Ip;
  readonly backTo: Ip;
  /** Its first packets, as `dpctl/flush-conntrack` takes them. */
  readonly tuple: string;
};

/**
 * Protocols whose connections can be ended, by their number; with what their packets are told apart by, as it is listed and as
 * it is given. Not ICMPv6: Open vSwitch 3.1.0 ends itself when it is told to end one. They expire within a minute.
 */
const protocols: Readonly<
  Record<string, readonly [number: number, ports: readonly (readonly [string, string])[]]>
> = {
  tcp: [6, portNames()],
  udp: [17, portNames()],
  sctp: [132, portNames()],
  icmp: [1, icmpNames()],
};

/** Reads a listing. A line of another protocol, or in other words than are known, is left out. */
export function readConnections(listing: string): readonly TrackedConnection[] {
  return listing.split('\n').flatMap((line) => readConnection(line) ?? []);
}

function readConnection(line: string): TrackedConnection | undefined {
  const [, name = '', first = '', returning = '', rest = ''] =
    /^(\w+),orig=\(([^)]*)\),reply=\(([^)]*)\)(.*)$/.exec(line.trim()) ?? [];
  const [orig, reply] = [fieldsOf(first), fieldsOf(returning)];
  const [from, to, backTo] = [orig['src'], orig['dst'], reply['dst']].map((text) => parseIp(text ?? ''));
  const protocol = protocols[name];
  if (!protocol || !from || !to || !backTo) return undefined;
  const [number, ports] = protocol;
  const family = to.includes(':') ? 'ipv6' : 'nw';
  const tuple = [
    `ct_${family}_src=${from}`,
    `ct_${family}_dst=${to}`,
    `ct_nw_proto=${number}`,
    ...ports.map(([listed, given]) => `${given}=${orig[listed] ?? 0}`),
  ].join();
  return { zone: Number(/,zone=(\d+)/.exec(rest)?.[1] ?? 0), to, backTo, tuple };
}

function fieldsOf(text: string): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(text.split(',').map((field) => field.split('=', 2)));
}

function portNames() {
  return [
    ['sport', 'ct_tp_src'],
    ['dport', 'ct_tp_dst'],
  ] as const;
}

function icmpNames() {
  return [
    ['id', 'icmp_id'],
    ['type', 'icmp_type'],
    ['code', 'icmp_code'],
  ] as const;
}
