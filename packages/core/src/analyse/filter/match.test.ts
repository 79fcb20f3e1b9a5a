import { expect, it } from 'vitest';
import { matchOf, type NamedSets, remainderOf } from './match.ts';
import type { Packet } from './packet.ts';

const sets: NamedSets = {
  addresses: (name) => ({ empty: [], pods: ['192.168.0.4', '192.168.1.0/24'] })[name],
  ports: (name) => (name === 'pg' ? ['web', 'db'] : undefined),
};

/** What is sent to a workload: from whom is not known. */
const packet: Packet = { kind: 'ip4', inport: 's1-r', outport: 'web', dst: '192.168.0.4' };
const arp: Packet = { kind: 'arp', inport: 'web' };

it.each<[string, boolean | undefined]>([
  ['1', true],
  ['0', false],
  ['ip', true],
  ['ip4 && outport == "web"', true],
  ['ip6 || arp', false],
  ['!ip6', true],
  ['tcp', undefined],
  ['!tcp', undefined],
  ['outport == @pg', true],
  ['outport == @gone', undefined],
  ['inport == {"web", "db"}', false],
  ['inport != {"web", "db"}', true],
  ['ip4.dst == 192.168.0.0/24', true],
  ['ip4.dst != 192.168.0.4', false],
  ['!(ip4.dst == 192.168.0.4)', false],
  ['!(ip4.dst == 192.168.0.4 && tcp)', undefined],
  ['!(ip4.dst == 192.168.0.5 && tcp)', true],
  ['ip4.src == 10.0.0.0/8', undefined],
  ['ip4.src == $empty', false],
  ['ip4.src != $empty', true],
  ['ip4.dst == $pods', true],
  ['ip4.dst == {10.0.0.1, $pods}', true],
  ['ip4.dst == $gone', undefined],
  ['ip6.dst != fd00::4', false],
  ['!(ip6.dst == fd00::4)', false],
  ['ip4.dst == 192.168.0.5 && tcp.dst == 80', false],
  ['tcp.dst == 80 && ip4.dst == 192.168.0.4', undefined],
  ['icmp6.type == 1', false],
  ['ip.ttl > 1', undefined],
  ['eth.type == 0x800', true],
  ['eth.src == 00:00:00:00:00:01', undefined],
  ['(ip4 && (arp || outport == "web"))', true],
  // Forms that are not read.
  ['ip4.dst[0..7] == 4 && ip6', undefined],
  ['1 < ip.ttl < 5', undefined],
  ['ip4 &&', undefined],
  ['(ip4', undefined],
  ['outport == "web" ip4', undefined],
  ['', undefined],
])('%s: %s', (text, truth) => {
  expect(matchOf(text, sets)(packet)).toBe(truth);
});

/** A connection to its port 80. */
const tcp: Packet = { ...packet, protocol: 'tcp', fromPort: 'ephemeral', toPort: 80 };

it.each<[string, boolean | undefined]>([
  ['tcp', true],
  ['!tcp', false],
  ['udp || icmp4', false],
  ['!icmp', true],
  ['tcp.dst == 80', true],
  ['tcp.dst != {22, 443}', true],
  ['tcp.dst == {22, 80}', true],
  ['tcp.dst >= 1024', false],
  ['!(tcp.dst < 81)', false],
  ['tcp.dst <= 80', true],
  ['tcp.src == 22', false],
  ['tcp.src > 22', true],
  ['tcp.src >= 1024', true],
  ['tcp.src > 1024', undefined],
  ['tcp.src < 1024', false],
  ['!(tcp.src <= 1023)', true],
  ['tcp.src == 8080', undefined],
  ['udp.dst == 80', false],
  ['!(udp.dst == 80)', false],
  ['ip.proto == 6', true],
  ['ip.proto == {1, 17}', false],
  ['icmp4.type == 8', false],
  ['nd || icmp6', false],
  ['tcp.flags == 2', undefined],
])('of TCP, %s: %s', (text, truth) => {
  expect(matchOf(text, sets)(tcp)).toBe(truth);
});

it.each<[string, boolean | undefined]>([
  ['icmp6', true],
  ['icmp4', false],
  ['nd', true],
  ['nd_na', false],
  ['nd_rs || mldv2', false],
  ['!nd', undefined],
  ['icmp6.type == 135', true],
  ['ip.proto == 58', true],
])('of neighbour discovery, %s: %s', (text, truth) => {
  expect(matchOf(text, sets)({ kind: 'ip6', protocol: 'icmp', icmpType: 135 })).toBe(truth);
});

it.each<[string, string]>([
  ['outport == "web" && tcp.dst == {22, 80}', 'tcp.dst == {22, 80}'],
  ['ip4&&(tcp||udp) && ip4.src==10.0.0.0/8', '(tcp||udp) && ip4.src==10.0.0.0/8'],
  ['ip4', ''],
  [' ip4.dst[0..7] == 4 ', 'ip4.dst[0..7] == 4'],
  ['(tcp || udp)', '(tcp || udp)'],
])('what is left to ask of %s: %s', (text, rest) => {
  expect(remainderOf(text, sets)(packet)).toBe(rest);
});

it.each<[string, boolean | undefined]>([
  ['1', true],
  ['ip', false],
  ['!ip4', true],
  ['arp', true],
  ['tcp', false],
  ['!tcp', undefined],
  ['!(ip4.src == 192.168.0.4)', false],
  ['arp.tpa == 192.168.0.1', undefined],
  ['inport == "web" && arp', true],
])('of ARP, %s: %s', (text, truth) => {
  expect(matchOf(text, sets)(arp)).toBe(truth);
});
