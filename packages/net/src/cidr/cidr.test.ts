import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bitsOf, type Family } from '../ip/address.ts';
import { ipOf, parseIp } from '../ip/ip.ts';
import {
  type Cidr,
  cidrSpan,
  compareCidr,
  contains,
  networkAddress,
  networkOf,
  overlaps,
  parseCidr,
  prefixLengthOf,
  readCidr,
} from './cidr.ts';
import { firstHost, isHost } from './hosts.ts';
import { formatInterfaceAddress, parseInterfaceAddress } from './interface-address.ts';

const family = fc.constantFrom<Family>('IPv4', 'IPv6');
const address = family.chain((each) =>
  fc.bigInt({ min: 0n, max: (1n << BigInt(bitsOf[each])) - 1n }).map((value) => must(ipOf(each, value))),
);
const network = fc
  .tuple(address, fc.nat(128))
  .map(([ip, length]) => must(networkOf(ip, ip.includes(':') ? length : length % 33)));

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('missing');
  return value;
}

const cidr = (text: string): Cidr => must(parseCidr(text));

describe('a network', () => {
  test.each([
    ['10.0.0.0/24', { kind: 'cidr', cidr: '10.0.0.0/24' }],
    ['0.0.0.0/0', { kind: 'cidr', cidr: '0.0.0.0/0' }],
    ['10.0.0.5/24', { kind: 'host-bits', ip: '10.0.0.5', cidr: '10.0.0.0/24' }],
    ['FD00::/64', { kind: 'not-canonical', reason: 'upper-case', cidr: 'fd00::/64' }],
    ['fd00:0::/64', { kind: 'not-canonical', reason: 'spelling', cidr: 'fd00::/64' }],
    ['10.0.0.0/024', { kind: 'not-canonical', reason: 'spelling', cidr: '10.0.0.0/24' }],
    ['10.0.0.0/33', { kind: 'invalid', reason: 'prefix-too-long' }],
    ['10.0.0.1', { kind: 'invalid', reason: 'no-prefix-length' }],
    ['10.0.0/24', { kind: 'invalid', reason: 'not-a-cidr' }],
    ['10.0.0.0/-1', { kind: 'invalid', reason: 'not-a-cidr' }],
    ['10.0.0.0/24/8', { kind: 'invalid', reason: 'not-a-cidr' }],
    ['', { kind: 'invalid', reason: 'not-a-cidr' }],
  ])('reads %j', (text, reading) => {
    expect(readCidr(text)).toEqual(reading);
  });

  test('is its text and back, and the network of its own address', () => {
    fc.assert(
      fc.property(network, (each) => {
        expect(parseCidr(each)).toBe(each);
        expect(networkOf(networkAddress(each), prefixLengthOf(each))).toBe(each);
      }),
    );
  });

  test('contains exactly what is between its ends', () => {
    fc.assert(
      fc.property(network, address, (each, ip) => {
        const { first, last } = cidrSpan(each);
        const same = ip.includes(':') === each.includes(':');
        const value = cidrSpan(
          must(networkOf(ip, same && ip.includes(':') ? 128 : ip.includes(':') ? 128 : 32)),
        );
        expect(contains(each, ip)).toBe(same && first <= value.first && value.first <= last);
      }),
    );
  });

  test('overlaps another exactly if one holds the other, both ways', () => {
    fc.assert(
      fc.property(network, network, (left, right) => {
        expect(overlaps(left, right)).toBe(overlaps(right, left));
        expect(overlaps(left, right)).toBe(
          contains(left, networkAddress(right)) || contains(right, networkAddress(left)),
        );
      }),
    );
  });

  test('is ordered totally', () => {
    const texts = ['fd00::/64', '10.0.0.0/24', '10.0.0.0/8', '9.0.0.0/8'].map(cidr);
    expect([...texts].sort(compareCidr)).toEqual(['9.0.0.0/8', '10.0.0.0/8', '10.0.0.0/24', 'fd00::/64']);
  });

  test.each([
    ['10.0.0.0/24', '10.0.0.1', ['10.0.0.0', '10.0.0.255', '10.0.1.1', 'fd00::1']],
    ['10.0.0.0/31', '10.0.0.0', ['10.0.0.2']],
    ['10.0.0.7/32', '10.0.0.7', ['10.0.0.6']],
    ['fd00::/64', 'fd00::1', ['fd00::', 'fd00:0:0:1::1']],
    ['fd00::/127', 'fd00::', ['fd00::2']],
    ['fd00::5/128', 'fd00::5', ['fd00::4']],
  ])('%s has first host %s', (text, first, others) => {
    expect(firstHost(cidr(text))).toBe(first);
    for (const other of others) expect(isHost(cidr(text), must(parseIp(other)))).toBe(false);
  });

  test('has a last host: the last address in IPv6, the one before in IPv4', () => {
    expect(isHost(cidr('fd00::/64'), must(parseIp('fd00::ffff:ffff:ffff:ffff')))).toBe(true);
    expect(isHost(cidr('10.0.0.0/24'), must(parseIp('10.0.0.254')))).toBe(true);
  });
});

describe('an interface address', () => {
  test('is its text and back', () => {
    fc.assert(
      fc.property(address, fc.nat(32), (ip, length) => {
        const text = `${ip}/${length}`;
        expect(formatInterfaceAddress(must(parseInterfaceAddress(text)))).toBe(text);
      }),
    );
  });

  test('knows its network', () => {
    expect(parseInterfaceAddress('10.0.0.5/24')).toEqual({ ip: '10.0.0.5', cidr: '10.0.0.0/24' });
    expect(parseInterfaceAddress('10.0.0.0/24')).toEqual({ ip: '10.0.0.0', cidr: '10.0.0.0/24' });
    expect(parseInterfaceAddress('10.0.0.5')).toBeUndefined();
  });
});
