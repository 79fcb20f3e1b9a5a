import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatEndpoint, parseEndpoint } from './endpoint.ts';
import { compareIp, familyOf, ipOf, ipValue, parseIp, readIp } from './ip.ts';

const ipv4 = fc.bigInt({ min: 0n, max: (1n << 32n) - 1n }).map((value) => ipOf('IPv4', value) ?? fail());
const ipv6 = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }).map((value) => ipOf('IPv6', value) ?? fail());
const ip = fc.oneof(ipv4, ipv6);

function fail(): never {
  throw new Error('no address');
}

describe('an address', () => {
  test.each([
    ['10.0.0.1', { kind: 'ip', ip: '10.0.0.1' }],
    ['2001:db8::1', { kind: 'ip', ip: '2001:db8::1' }],
    ['2001:DB8::1', { kind: 'not-canonical', reason: 'upper-case', ip: '2001:db8::1' }],
    ['2001:db8:0:0::1', { kind: 'not-canonical', reason: 'spelling', ip: '2001:db8::1' }],
    ['10.0.0.1/24', { kind: 'invalid', reason: 'has-prefix-length' }],
    ['fe80::1%eth0', { kind: 'invalid', reason: 'has-zone' }],
    ['010.0.0.1', { kind: 'invalid', reason: 'not-an-address' }],
    ['10.0.0', { kind: 'invalid', reason: 'not-an-address' }],
    ['10.0.0.256', { kind: 'invalid', reason: 'not-an-address' }],
    ['1::2::3', { kind: 'invalid', reason: 'not-an-address' }],
    [' 10.0.0.1', { kind: 'invalid', reason: 'not-an-address' }],
    ['', { kind: 'invalid', reason: 'not-an-address' }],
  ])('reads %j', (text, reading) => {
    expect(readIp(text)).toEqual(reading);
  });

  test('is its number and back', () => {
    fc.assert(
      fc.property(ip, (each) => {
        expect(ipOf(familyOf(each), ipValue(each))).toBe(each);
        expect(parseIp(each)).toBe(each);
      }),
    );
  });

  test('is canonical once read, in any spelling', () => {
    fc.assert(
      fc.property(ipv6, (each) => {
        expect(parseIp(each.toUpperCase())).toBe(each);
      }),
    );
  });

  test('is ordered totally, IPv4 first', () => {
    fc.assert(
      fc.property(fc.array(ip, { maxLength: 20 }), (many) => {
        const sorted = [...many].sort(compareIp);
        expect([...many].reverse().sort(compareIp)).toEqual(sorted);
        const keys = sorted.map((each) => (familyOf(each) === 'IPv4' ? 0n : 1n << 130n) + ipValue(each));
        expect(keys).toEqual([...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
      }),
    );
  });

  test('does not exist outside its family', () => {
    expect(ipOf('IPv4', 1n << 32n)).toBeUndefined();
    expect(ipOf('IPv4', -1n)).toBeUndefined();
    expect(ipOf('IPv6', 1n << 128n)).toBeUndefined();
  });
});

describe('an endpoint', () => {
  test('is its text and back', () => {
    fc.assert(
      fc.property(ip, fc.integer({ min: 1, max: 65_535 }), (each, port) => {
        expect(parseEndpoint(formatEndpoint({ ip: each, port }))).toEqual({ ip: each, port });
      }),
    );
  });

  test('brackets IPv6', () => {
    expect(formatEndpoint({ ip: parseIp('2001:db8::1') ?? fail(), port: 80 })).toBe('[2001:db8::1]:80');
  });

  test.each([
    '10.0.0.1',
    '10.0.0.1:0',
    '10.0.0.1:65536',
    '10.0.0.1:08',
    '2001:db8::1:80',
    '[10.0.0.1]:80',
    ':80',
  ])('is not %j', (text) => {
    expect(parseEndpoint(text)).toBeUndefined();
  });
});
