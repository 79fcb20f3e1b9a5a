import type { Prefix } from '../flows/address-text.ts';

/** Packets of which only so much is known: any that fit are meant. Undefined is not known. */
export type Packet = {
  readonly kind: 'ip4' | 'ip6' | 'arp';
  readonly inport?: string | undefined;
  /** Empty where it is not chosen yet: ACLs for packets from a port are asked before (ovn-nb(5), ACL match). */
  readonly outport?: string | undefined;
  /** Addresses of the IP header. */
  readonly src?: string | undefined;
  readonly dst?: string | undefined;
  /** What it carries; undefined is any. */
  readonly protocol?: Protocol | undefined;
  /** Ports of TCP, UDP and SCTP. */
  readonly fromPort?: PortNumber | undefined;
  readonly toPort?: PortNumber | undefined;
  /** What its ports are if it turns out to be of TCP, of which every client chooses its own. */
  readonly ofTcp?: Pick<Packet, 'fromPort' | 'toPort'> | undefined;
  /** The type of an ICMP packet. */
  readonly icmpType?: number | undefined;
  /** What is known of fields beside these, by their names. */
  readonly fields?: Readonly<Record<string, KnownBits>> | undefined;
  /** Networks in which an address that is not known is not: its end is outside. */
  readonly notIn?: readonly Prefix[] | undefined;
  /** What conntrack says of it: nothing of what never goes through it. */
  readonly ct?: readonly CtState[] | undefined;
  /** Whether comparisons are taken to hold of it, by their keys, where what is known does not tell. */
  readonly assumed?: ReadonlyMap<string, boolean> | undefined;
};

/** A number of which some bits are known: those that are set in `known`. */
export type KnownBits = { readonly value: bigint; readonly known: bigint };

export type Protocol = 'tcp' | 'udp' | 'sctp' | 'icmp' | 'other';

export type PortNumber = number | ClientPort;

/** A port that a client chose itself: any from this one on. */
export type ClientPort = { readonly lowest: number };

/** Bits of the column of ovn-sb(5), Logical_Flow match, ct_state. */
export type CtState = 'trk' | 'new' | 'est' | 'rpl';

/**
 * Ports of clients. Of those outside nobody knows more than that they are above those of services: a NAT on their way may have chosen (RFC 6056,
 * section 3.2; RFC 4787, section 4.2). A workload's own kernel chooses from 32768 on as Linux does (ip_local_port_range), or from 49152 on as
 * others do (RFC 6335, section 6): it never meets those of services, as 8080, that it listens on.
 */
export const clientPorts = { outside: { lowest: 1_024 }, workload: { lowest: 32_768 } } as const;
