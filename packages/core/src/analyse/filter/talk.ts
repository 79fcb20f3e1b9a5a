import { clientPorts, type Packet, type Protocol } from './packet.ts';

/** Packets of one conversation, as far as they are known. */
export type Talk = {
  readonly protocol: Protocol;
  /** What the one who asks connects to; undefined for ICMP, and where it is not known. */
  readonly port?: number | undefined;
  /** The same once the router has translated it. */
  readonly innerPort?: number | undefined;
  /** The address of the other end. */
  readonly peer?: string | undefined;
};

/** What anybody would try first. */
export const usualTalks: readonly Talk[] = [{ protocol: 'icmp' }, { protocol: 'tcp', port: 80 }];

/** How it is called: `ICMP echo`, `TCP to port 80`. */
export function talkText({ protocol, port }: Talk): string {
  if (protocol === 'icmp') return 'ICMP echo';
  return port === undefined ? protocol.toUpperCase() : `${protocol.toUpperCase()} to port ${port}`;
}

/** Echo requests and replies (RFC 792, RFC 4443 section 4). */
const echoes = { ip4: { request: 8, reply: 0 }, ip6: { request: 128, reply: 129 } } as const;

/** Where a packet is on its way in a conversation, and who began that. */
export type Turn = {
  readonly which: 'request' | 'reply';
  readonly client: keyof typeof clientPorts;
};

/** What is known of a packet of a conversation, beside addresses. */
export function talkPacket(
  talk: Talk | undefined,
  kind: 'ip4' | 'ip6',
  { which, client: end }: Turn,
): Pick<Packet, 'protocol' | 'fromPort' | 'toPort' | 'ofTcp' | 'icmpType'> {
  const client = clientPorts[end];
  if (talk === undefined) return { ofTcp: which === 'request' ? { fromPort: client } : { toPort: client } };
  const { protocol, port } = talk;
  if (protocol === 'icmp') return { protocol, icmpType: echoes[kind][which] };
  return which === 'request'
    ? { protocol, fromPort: client, toPort: port }
    : { protocol, fromPort: port, toPort: client };
}
