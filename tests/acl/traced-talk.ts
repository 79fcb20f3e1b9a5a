import { type CtText, network, type TracedOvn } from './traced-ovn.ts';

/** Packets that anybody may send, and what conntrack says of their replies where it has not seen what they answer. */
export const talks = {
  icmp: {
    talk: { protocol: 'icmp' },
    request: () => 'icmp4.type == 8 && icmp4.code == 0',
    reply: () => 'icmp4.type == 0 && icmp4.code == 0',
    unasked: 'trk,inv',
  },
  tcp: {
    talk: { protocol: 'tcp', port: 80 },
    request: (client: number) => `tcp.src == ${client} && tcp.dst == 80 && tcp.flags == 2`,
    reply: (client: number) => `tcp.src == 80 && tcp.dst == ${client} && tcp.flags == 0x12`,
    unasked: 'trk,inv',
  },
  udp: {
    talk: { protocol: 'udp', port: 53 },
    request: (client: number) => `udp.src == ${client} && udp.dst == 53`,
    reply: (client: number) => `udp.src == 53 && udp.dst == ${client}`,
    unasked: 'trk,new',
  },
} as const;

export type TalkName = keyof typeof talks;

/**
 * Ports from which they begin: a workload's kernel chooses high ones, of who is outside nobody knows more than that it is no service's. One of each
 * run of ports that the drawn ACLs tell apart.
 */
export const clientsOf = {
  inbound: [40_000, 8_080, 2_000, 20_000, 60_000],
  outbound: [40_000, 60_000],
} as const;

const [router, peer, web] = ['0a:00:00:00:01:01', '0a:00:00:00:09:01', '0a:00:00:00:00:04'];
const outer = '0a:00:00:00:02:01';

type Way = {
  readonly on: 's1' | 'ext';
  readonly from: string;
  readonly to: string;
  readonly packet: string;
};

function way(direction: 'inbound' | 'outbound', on: 's1' | 'ext'): Way {
  const own = on === 's1' ? network.logical : network.external;
  const isIn = direction === 'inbound';
  const [from, to] = on === 's1' ? ['s1-r', 'web'] : ['ln', 'ext-r'];
  const [fromMac, toMac] = on === 's1' ? [router, web] : [peer, outer];
  const [src, dst] = isIn ? [network.peer, own] : [own, network.peer];
  const macs = isIn
    ? `eth.src == ${fromMac} && eth.dst == ${toMac}`
    : `eth.src == ${toMac} && eth.dst == ${fromMac}`;
  return {
    on,
    ...(isIn ? { from, to } : { from: to, to: from }),
    packet: `${macs} && ip4.src == ${src} && ip4.dst == ${dst} && ip.ttl == 64`,
  };
}

/** Whether a conversation from a port comes about on some switches: its request, its reply, and how the ends find each other by ARP. */
export async function comesAbout(
  ovn: TracedOvn,
  direction: 'inbound' | 'outbound',
  name: TalkName,
  client: number,
  switches: readonly ('s1' | 'ext')[],
): Promise<boolean> {
  const all = await Promise.all(
    switches.flatMap((on) => [
      isAnswered(ovn, direction, name, client, on),
      ...questions.filter((each) => each.on === on).map((each) => isFound(ovn, each)),
    ]),
  );
  return all.every(Boolean);
}

async function isAnswered(
  ovn: TracedOvn,
  direction: 'inbound' | 'outbound',
  name: TalkName,
  client: number,
  on: 's1' | 'ext',
): Promise<boolean> {
  const { unasked, ...packets } = talks[name];
  const [request, reply] = [packets.request(client), packets.reply(client)];
  const back = direction === 'inbound' ? 'outbound' : 'inbound';
  const { isThrough, isCommitted } = await passes(ovn, way(direction, on), request, 'trk,new');
  if (!isThrough) return false;
  const others = await Promise.all([
    // What follows on a connection has its state.
    ...(isCommitted ? [passes(ovn, way(direction, on), request, 'trk,est')] : []),
    passes(ovn, way(back, on), reply, isCommitted ? 'trk,est,rpl' : unasked),
  ]);
  return others.every((each) => each.isThrough);
}

async function passes(ovn: TracedOvn, { on, from, to, packet }: Way, what: string, ct: CtText) {
  const flow = `inport == "${from}" && ${packet} && ${what}`;
  const text = await ovn.trace(ct, on, flow);
  const leaving = `egress(dp="${on}", inport="${from}", outport="${to}")`;
  const [before = '', after] = text.split(leaving);
  if (from === 'web' && after !== undefined && isCommitting(before))
    return { isThrough: await leavesUntracked(ovn, on, flow, to), isCommitted: true };
  return { isThrough: text.includes(`output to "${to}"`), isCommitted: isCommitting(text) };
}

function isCommitting(text: string): boolean {
  return /^\s*ct_commit \{ ct_(?:label|mark)\.blocked = 0; \};/m.test(text);
}

/**
 * Whether a packet that comes from the workload leaves by a port, once committed: from there on it is untracked (ovs-actions(7), ct), of which
 * ovn-trace knows nothing. Two ACLs keep it from conntrack for the time being, and say nothing of where it leaves.
 */
async function leavesUntracked(ovn: TracedOvn, on: string, flow: string, to: string): Promise<boolean> {
  const match = 'inport == "web" && ip';
  const at = (priority: string): readonly string[] => [on, 'from-lport', priority, match];
  const [early, late] = [at('32767'), at('32766')];
  const adding = ['acl-add', ...early, 'allow-stateless', '--', '--apply-after-lb'];
  await ovn.nbctl(...adding, ...['acl-add', ...late, 'allow-stateless']);
  try {
    return (await ovn.trace('trk,new', on, flow)).includes(`output to "${to}"`);
  } finally {
    await ovn.nbctl('acl-del', ...early, '--', 'acl-del', ...late);
  }
}

type Question = {
  readonly on: 's1' | 'ext';
  readonly from: string;
  readonly to: string;
  readonly arp: string;
};

const asking = (tpa: string, spa: string, mac: string): string =>
  `eth.dst == ff:ff:ff:ff:ff:ff && eth.src == ${mac} && arp.op == 1 && arp.sha == ${mac} && arp.spa == ${spa} && arp.tpa == ${tpa} && arp.tha == 00:00:00:00:00:00`;
const answering = (spa: string, mac: string, tpa: string, to: string): string =>
  `eth.dst == ${to} && eth.src == ${mac} && arp.op == 2 && arp.sha == ${mac} && arp.spa == ${spa} && arp.tpa == ${tpa} && arp.tha == ${to}`;

/** A workload asks for its router, which the switch answers; on the outside either may ask, and the other answers. */
const questions: readonly Question[] = [
  { on: 's1', from: 'web', to: 'web', arp: asking('192.168.0.1', network.logical, web ?? '') },
  { on: 'ext', from: 'ln', to: 'ext-r', arp: asking(network.external, network.peer, peer ?? '') },
  { on: 'ext', from: 'ext-r', to: 'ln', arp: answering(network.external, outer, network.peer, peer ?? '') },
  { on: 'ext', from: 'ext-r', to: 'ln', arp: asking(network.peer, '10.9.0.2', outer) },
  { on: 'ext', from: 'ln', to: 'ext-r', arp: answering(network.peer, peer ?? '', '10.9.0.2', outer) },
];

async function isFound(ovn: TracedOvn, { on, from, to, arp }: Question): Promise<boolean> {
  const text = await ovn.trace('trk,new', on, `inport == "${from}" && ${arp}`);
  // What is sent back instead of an ARP that is rejected answers nothing.
  return text.includes(`output to "${to}"`) && !/^\s*reject \{/m.test(text);
}
