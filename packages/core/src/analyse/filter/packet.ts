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
  /** Ports of TCP, UDP and SCTP. Of a port that a client chose itself it is known that it is above those of services. */
  readonly fromPort?: PortNumber | undefined;
  readonly toPort?: PortNumber | undefined;
  /** The type of an ICMP packet. */
  readonly icmpType?: number | undefined;
  /** Networks in which an address that is not known is not: its end is outside. */
  readonly notIn?: readonly Prefix[] | undefined;
  /** What conntrack says of it: nothing of what never goes through it. */
  readonly ct?: readonly CtState[] | undefined;
  /** Whether comparisons are taken to hold of it, by their keys, where what is known does not tell. */
  readonly assumed?: ReadonlyMap<string, boolean> | undefined;
};

export type Protocol = 'tcp' | 'udp' | 'sctp' | 'icmp' | 'other';

export type PortNumber = number | 'ephemeral';

/** Bits of the column of ovn-sb(5), Logical_Flow match, ct_state. */
export type CtState = 'trk' | 'new' | 'est' | 'rpl';

/** The lowest port that a client chooses (RFC 6056, section 2.1). */
export const ephemeral = 1_024;
