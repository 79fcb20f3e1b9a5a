import { expect, it } from 'vitest';
import { matchOf, type NamedSets } from './match.ts';
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
