import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cidr, networkOf, parseCidr } from '../cidr/cidr.ts';
import { isHost } from '../cidr/hosts.ts';
import { type Ip, ipOf, ipValue, parseIp } from '../ip/ip.ts';
import { formatIpRange, parseIpRange, readIpRange } from './ip-range.ts';
import {
  addIp,
  countIps,
  emptyIpSet,
  hasIp,
  ipSet,
  ipSetOfCidr,
  rangesOf,
  subtractIps,
  unionIps,
} from './ip-set.ts';
import { countFree, freeIps, lowestFree } from './lowest-free.ts';

/** Few enough addresses that sets touch and overlap all the time. */
const small = fc.nat(40).map((n) => must(ipOf('IPv4', 0x0a000000n + BigInt(n))));
const items = fc.array(
  fc.oneof(
    small,
    fc
      .tuple(small, small)
      .map(([a, b]) => (ipValue(a) <= ipValue(b) ? { first: a, last: b } : { first: b, last: a })),
  ),
  { maxLength: 8 },
);
const everyone = Array.from({ length: 41 }, (_, n) => must(ipOf('IPv4', 0x0a000000n + BigInt(n))));

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('missing');
  return value;
}
const cidr = (text: string): Cidr => must(parseCidr(text));
const ip = (text: string): Ip => must(parseIp(text));

describe('a range', () => {
  test.each([
    ['10.0.0.2..10.0.0.9', { kind: 'range', range: { first: '10.0.0.2', last: '10.0.0.9' } }],
    ['10.0.0.2', { kind: 'range', range: { first: '10.0.0.2', last: '10.0.0.2' } }],
    [
      'FD00::1..fd00::2',
      { kind: 'not-canonical', reason: 'upper-case', range: { first: 'fd00::1', last: 'fd00::2' } },
    ],
    ['10.0.0.9..10.0.0.2', { kind: 'invalid', reason: 'reversed' }],
    ['10.0.0.9..fd00::1', { kind: 'invalid', reason: 'mixed-families' }],
    ['10.0.0.2-10.0.0.9', { kind: 'invalid', reason: 'not-a-range' }],
    ['10.0.0.2..', { kind: 'invalid', reason: 'not-a-range' }],
    ['1..2..3', { kind: 'invalid', reason: 'not-a-range' }],
    ['', { kind: 'invalid', reason: 'not-a-range' }],
  ])('reads %j', (text, reading) => {
    expect(readIpRange(text)).toEqual(reading);
  });

  test('is its text and back', () => {
    for (const text of ['10.0.0.2..10.0.0.9', 'fd00::1'])
      expect(formatIpRange(must(parseIpRange(text)))).toBe(text);
  });
});

describe('a set of addresses', () => {
  test('holds what it was made of', () => {
    fc.assert(
      fc.property(items, (made) => {
        const set = ipSet(made);
        for (const each of everyone) {
          const expected = made.some((item) =>
            typeof item === 'string'
              ? item === each
              : ipValue(item.first) <= ipValue(each) && ipValue(each) <= ipValue(item.last),
          );
          expect(hasIp(set, each)).toBe(expected);
        }
      }),
    );
  });

  test('has one form, whatever it was made of', () => {
    fc.assert(
      fc.property(items, (made) => {
        const set = ipSet(made);
        expect(ipSet(rangesOf(set))).toEqual(set);
        expect(ipSet([...made].reverse())).toEqual(set);
        expect(everyone.filter((each) => hasIp(set, each)).reduce(addIp, emptyIpSet)).toEqual(set);
      }),
    );
  });

  test('unites and subtracts as sets do', () => {
    fc.assert(
      fc.property(items, items, (a, b) => {
        const [left, right] = [ipSet(a), ipSet(b)];
        const [union, difference] = [unionIps(left, right), subtractIps(left, right)];
        for (const each of everyone) {
          expect(hasIp(union, each)).toBe(hasIp(left, each) || hasIp(right, each));
          expect(hasIp(difference, each)).toBe(hasIp(left, each) && !hasIp(right, each));
        }
        expect(countIps(union, 'IPv4')).toBe(countIps(difference, 'IPv4') + countIps(right, 'IPv4'));
        expect(unionIps(difference, right)).toEqual(union);
      }),
    );
  });
});

describe('the lowest free address', () => {
  test('is a host, not taken, and none below it is free', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 27, max: 32 }), (made, length) => {
        const net = must(networkOf(ip('10.0.0.0'), length));
        const taken = ipSet(made);
        const expected = everyone.filter((each) => isHost(net, each) && !hasIp(taken, each));
        expect(lowestFree(net, taken)).toBe(expected[0]);
        expect(countFree(net, taken)).toBe(BigInt(expected.length));
        expect(expected.every((each) => hasIp(freeIps(net, taken), each))).toBe(true);
      }),
    );
  });

  test('is the preferred one when that is free', () => {
    const net = cidr('10.0.0.0/24');
    expect(lowestFree(net, emptyIpSet, ip('10.0.0.9'))).toBe('10.0.0.9');
    expect(lowestFree(net, ipSet([ip('10.0.0.9')]), ip('10.0.0.9'))).toBe('10.0.0.1');
    expect(lowestFree(net, emptyIpSet, ip('10.0.0.255'))).toBe('10.0.0.1');
    expect(lowestFree(net, emptyIpSet, ip('10.0.1.9'))).toBe('10.0.0.1');
    expect(lowestFree(net, emptyIpSet, ip('fd00::9'))).toBe('10.0.0.1');
  });

  test('is found at once in a full or an empty network of any size', () => {
    expect(lowestFree(cidr('fd00::/64'), emptyIpSet)).toBe('fd00::1');
    expect(lowestFree(cidr('fd00::/64'), ipSetOfCidr(cidr('fd00::/64')))).toBeUndefined();
    const allButLast = { first: ip('fd00::'), last: ip('fd00::ffff:ffff:ffff:fffe') };
    expect(lowestFree(cidr('fd00::/64'), ipSet([allButLast]))).toBe('fd00::ffff:ffff:ffff:ffff');
    expect(countFree(cidr('fd00::/64'), emptyIpSet)).toBe((1n << 64n) - 1n);
  });

  test('fills a network to the last address and then is none', () => {
    const net = cidr('10.0.0.0/28');
    let taken = emptyIpSet;
    const given: Ip[] = [];
    for (let next = lowestFree(net, taken); next; next = lowestFree(net, taken)) {
      given.push(next);
      taken = addIp(taken, next);
    }
    expect(given).toHaveLength(14);
    expect([given[0], given.at(-1)]).toEqual(['10.0.0.1', '10.0.0.14']);
  });
});
