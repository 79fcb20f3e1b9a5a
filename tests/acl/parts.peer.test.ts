import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ExternalFlow, fabricOf, flowsOf } from '../../packages/core/src/index.ts';
import { making } from './drawn-acls.ts';
import { makingNetwork, network, startTracedOvn, type TracedOvn } from './traced-ovn.ts';

const mac = { web: '0a:00:00:00:00:04', router: '0a:00:00:00:01:01', gateway: '0a:00:00:00:02:01' };
const outside = '0a:00:00:00:09:01';

/** Addresses of both families: of the workload, the one it has outside, and some that anybody outside may have. */
const families = {
  ip4: { web: network.logical, external: network.external, peers: [network.peer, '172.16.6.4'] },
  ip6: { web: 'fd00::6:4', external: 'fd00:9::9', peers: ['fd00:9::77', '2001:db8::6:5'] },
} as const;

let ovn: TracedOvn;
beforeAll(async () => {
  ovn = await startTracedOvn();
  await ovn.nbctl(
    ...makingNetwork,
    ...['--', 'lsp-set-addresses', 'web', `${mac.web} ${network.logical} ${families.ip6.web}`],
    ...['--', 'add', 'Logical_Router_Port', 'r-s1', 'networks', '"fd00::1/64"'],
    ...['--', 'add', 'Logical_Router_Port', 'r-ext', 'networks', '"fd00:9::2/64"'],
    ...['--', 'lr-nat-add', 'vpc1', 'dnat_and_snat', families.ip6.external, families.ip6.web],
    ...['--', 'lr-route-add', 'vpc1', '::/0', 'fd00:9::1'],
  );
});
afterAll(async () => {
  await ovn?.[Symbol.asyncDispose]();
});

type Family = keyof typeof families;

/** What is said of a floating IP of a family, whoever is at the other end. */
function said(family: Family, direction: 'inbound' | 'outbound'): string {
  const { nb, sb } = ovn.read();
  const isMeant = (flow: ExternalFlow): boolean =>
    flow.direction === direction && flow.externalIp === families[family].external;
  const flow = flowsOf(nb, fabricOf(nb, sb)).find(isMeant);
  if (flow === undefined) throw new Error('no flow');
  if (flow.obstacle !== undefined) return 'dropped';
  return flow.partly === undefined ? 'passes' : 'perhaps';
}

/** What becomes of packets to it and from it: `perhaps` where some of both directions come through. */
async function truthOf(family: Family, on: 's1' | 'ext'): Promise<string> {
  const { web, external, peers } = families[family];
  const [own, from, to] = on === 's1' ? [web, 's1-r', 'web'] : [external, 'ln', 'ext-r'];
  const [near, far] = on === 's1' ? [mac.web, mac.router] : [mac.gateway, outside];
  const isThrough = async (inport: string, outport: string, packet: string): Promise<boolean> =>
    (await ovn.trace('trk,new', on, `inport == "${inport}" && ip.ttl == 64 && ${packet}`)).includes(
      `output to "${outport}"`,
    );
  const talks = peers.map(async (peer) => {
    const [there, back] = await Promise.all([
      isThrough(
        ...([from, to] as const),
        `eth.src == ${far} && eth.dst == ${near} && ${family}.src == ${peer} && ${family}.dst == ${own} && udp.src == 40000 && udp.dst == 53`,
      ),
      isThrough(
        ...([to, from] as const),
        `eth.src == ${near} && eth.dst == ${far} && ${family}.src == ${own} && ${family}.dst == ${peer} && udp.src == 53 && udp.dst == 40000`,
      ),
    ]);
    return there && back;
  });
  const through = new Set(await Promise.all(talks));
  return through.size > 1 ? 'perhaps' : through.has(true) ? 'passes' : 'dropped';
}

test.each<[on: 's1' | 'ext', direction: 'from-lport' | 'to-lport', match: string, ip4: string, ip6: string]>([
  // The workload's own address, inside of the NAT and outside.
  ['s1', 'to-lport', 'ip4.dst[0..7] == 4', 'dropped', 'passes'],
  ['s1', 'to-lport', 'outport == "web" && ip4.dst[0..7] == 6', 'passes', 'passes'],
  ['s1', 'to-lport', 'outport == "web" && ip4.dst[0..15] == 0x0004', 'dropped', 'passes'],
  ['s1', 'to-lport', 'ip4.dst == 0.0.0.4/0.0.0.255', 'dropped', 'passes'],
  ['s1', 'to-lport', 'outport == "web" && ip6.dst[0..15] == 4', 'passes', 'dropped'],
  ['s1', 'to-lport', 'ip6.dst[16..31] == 6', 'passes', 'dropped'],
  ['s1', 'to-lport', 'outport == "web" && ip6.dst == ::4/::7', 'passes', 'dropped'],
  ['s1', 'to-lport', 'outport == "web" && ip6.dst < fd00::6:4', 'passes', 'passes'],
  ['s1', 'from-lport', 'ip4.src[24..31] == 192', 'dropped', 'passes'],
  ['s1', 'from-lport', 'inport == "web" && ip6.src[112..127] == 0xfd00', 'passes', 'dropped'],
  ['s1', 'from-lport', 'inport == "web" && !ip4.src[2]', 'passes', 'passes'],
  ['s1', 'from-lport', 'inport == "s1-r" && ip4.dst[2]', 'dropped', 'passes'],
  ['ext', 'from-lport', 'inport == "ln" && ip4.dst[0..7] == 9', 'dropped', 'passes'],
  ['ext', 'from-lport', 'inport == "ln" && ip4.dst[0..7] == 4', 'passes', 'passes'],
  ['ext', 'to-lport', 'ip4.src[0..7] == {4, 9} && outport == "ln"', 'dropped', 'passes'],
  // Hardware addresses of both ends, as far as they are known.
  ['s1', 'to-lport', 'ip && eth.dst[40] == 0', 'dropped', 'dropped'],
  ['s1', 'to-lport', 'ip && eth.dst[0..7] == 4', 'dropped', 'dropped'],
  ['s1', 'from-lport', 'ip && eth.src == 0a:00:00:00:01:00/ff:ff:ff:ff:ff:00', 'dropped', 'dropped'],
  ['s1', 'from-lport', 'ip && eth.mcast', 'passes', 'passes'],
  ['ext', 'to-lport', 'ip && !eth.src[40]', 'dropped', 'dropped'],
  ['ext', 'to-lport', 'ip && eth.src == 0a:00:00:00:02:01', 'dropped', 'dropped'],
  // The other end's address: it depends on that one alone.
  ['s1', 'to-lport', 'outport == "web" && ip4.src[0..7] == 4', 'perhaps', 'passes'],
  ['s1', 'to-lport', 'outport == "web" && ip6.src[0..15] == 0x77', 'passes', 'perhaps'],
  ['s1', 'to-lport', 'outport == "web" && (ip4.src[0..7] == 4 || ip4.src[0..7] != 4)', 'dropped', 'passes'],
  ['s1', 'to-lport', 'outport == "web" && ip4.src[0..7] == 4 && ip4.src[0..7] == 77', 'passes', 'passes'],
])('%s %s %s: %s, %s', async (holder, direction, match, ip4, ip6) => {
  await ovn.nbctl(...making([{ holder, direction, priority: 9, match, action: 'drop', isAfterLb: false }]));
  for (const [family, is] of Object.entries({ ip4, ip6 })) {
    const found = {
      truth: await truthOf(family as Family, holder),
      inbound: said(family as Family, 'inbound'),
      outbound: said(family as Family, 'outbound'),
    };
    expect([family, found]).toEqual([family, { truth: is, inbound: is, outbound: is }]);
  }
});
