import { expect, it } from 'vitest';
import { isAlternatives, matchFault } from './fault.ts';
import type { NamedSets } from './named-sets.ts';
import { parse } from './parse.ts';

const sets: NamedSets = {
  addresses: (name) =>
    ({ empty: [], pods: ['192.168.0.4'], mixed: ['10.0.0.0/8', 'fd00::/64', 'none'] })[name],
  ports: (name) => (name === 'pg' ? ['web'] : undefined),
};

it.each([
  ['ip4.source == 10.0.0.1', 'there is no field ip4.source'],
  ['ip4.src = 10.0.0.1', '= is no operator, == is one'],
  ['ip4 & tcp', '& is no operator, && is one'],
  ['ip4 and tcp', 'and has no place there'],
  ['inport == web', 'web is no value: a name of a port stands in quotation marks'],
  ['inport == "web', 'a quotation mark is not closed'],
  ['ip4.src == 10.0.0.300', '10.0.0.300 is neither a number nor an address'],
  ['tcp.dst == 70000', '70000 does not fit into tcp.dst, which has 16 bits'],
  ['tcp.dst', 'tcp.dst stands alone and is compared with nothing'],
  ['tcp.dst == "80"', 'tcp.dst is not compared with what "80" is'],
  ['tcp.dst > {80, 443}', 'only == and != compare with several values'],
  ['10.0.0.0/8 < ip4.src', 'only == and != compare with a network'],
  ['ip.ttl < 9', 'ip.ttl can be tested for equality only'],
  ['!(ip4 && tcp)', 'ip4 is negated, and can be tested positively only'],
  ['!ip4.src == 10.0.0.1', 'what ! negates is not in parentheses'],
  ['!{80, 443} == tcp.dst', 'what ! negates is not in parentheses'],
  ['ip4.src[0..] == 1', '] stands where a number is missing'],
  ['ip4.src[0..7 == 1', '== stands where ] is missing'],
  ['ip4.src[0..7] == 1 && tcp.port == 80', 'there is no field tcp.port'],
  ['ip4.src[0x0..0x7] == 1', '0x0 stands where a number is missing'],
  ['ip4.src[7..0] == 1', 'bits 7 to 0 are none: the lowest stands first'],
  ['ip4.src[0..32] == 1', 'ip4.src has 32 bits, and none is number 32'],
  ['ip.proto[0..3] == 6', 'of ip.proto no single bits are asked for'],
  ['inport[0] == 1', 'inport is a text, of which no bits are asked for'],
  ['ip4.src[0..7]', 'ip4.src[0..7] stands alone and is compared with nothing'],
  ['!tcp[0]', 'tcp is negated, and can be tested positively only'],
  ['ip4.src == 4/0xff', '4/0xff is neither a number nor an address'],
  ['ip4.src[0..7] > 4/6', 'only == and != compare with a network'],
  ['is_chassis_resident("web"', 'the end stands where ) is missing'],
  ['ip4 && tcp || udp', '&& and || meet without parentheses'],
  ['(ip4', 'the end stands where ) is missing'],
  ['ip4.src == $gone', 'there is no address set gone'],
  ['ip4.src == $mixed', 'fd00::/64 of $mixed does not fit into ip4.src, which has 32 bits'],
  ['inport == @gone || ip4', 'there is no port group gone with a port on that switch'],
])('says what OVN cannot use of %s', (match, fault) => {
  expect(matchFault(parse(match), sets)).toBe(fault);
});

it.each([
  'ip4.src == {10.0.0.1, $pods} && tcp.dst != {80, 443}',
  'inport == @pg && !(ip4.src == $empty)',
  'ip4 != 0 && !(!tcp) && !ct.est',
  '22 <= tcp.dst <= 80 || 53 == udp.dst',
  'ip4.src == 10.0.0.0/255.255.255.0 || ip6.src == fd00::/64 || eth.src == 0a:00:00:00:00:01',
  'is_chassis_resident("web")',
  '!ct_label',
  'ip6.src == $mixed',
  'ip4.src[0..7] == 300 && ip.proto[0..7] == 6 && ct.est[0] && !eth.dst[40] && !ip4.dst[0..7]',
  // What it is not sure of.
  'ct_mark.later[0..99] == 1',
  'tcp // and more',
  'ct_mark.later == 1',
])('says nothing of %s', (match) => {
  expect(matchFault(parse(match), sets)).toBeUndefined();
});

it('says of a newer OVN nothing about fields and functions that 23.03 does not know', () => {
  const newer = { ...sets, isNewer: true };
  expect(matchFault(parse('ip4.new == 1'), newer)).toBeUndefined();
  expect(matchFault(parse('later("x")'), newer)).toBeUndefined();
  expect(matchFault(parse('ip4.src == 10.0.0.300'), newer)).toBeDefined();
});

it('tells alternatives that are not in parentheses', () => {
  const all = ['tcp || udp', '(tcp || udp)', 'ip4 && (tcp || udp)', 'tcp || udp && ip4'];
  expect(all.map((match) => isAlternatives(parse(match)))).toEqual([true, false, false, false]);
});
