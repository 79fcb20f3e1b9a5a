import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fnv1a64, macFromSeed } from './derive.ts';
import { isUnicastMac, macBytes, parseMac, readMac } from './mac.ts';

describe('a MAC address', () => {
  test.each([
    ['0a:00:00:00:00:01', { kind: 'mac', mac: '0a:00:00:00:00:01' }],
    ['0A:00:00:00:00:01', { kind: 'not-canonical', reason: 'upper-case', mac: '0a:00:00:00:00:01' }],
    ['0a-00-00-00-00-01', { kind: 'not-canonical', reason: 'spelling', mac: '0a:00:00:00:00:01' }],
    ['0a:00-00:00:00:01', { kind: 'invalid', reason: 'not-a-mac' }],
    ['0a:00:00:00:00', { kind: 'invalid', reason: 'not-a-mac' }],
    ['0a:00:00:00:00:0g', { kind: 'invalid', reason: 'not-a-mac' }],
    ['', { kind: 'invalid', reason: 'not-a-mac' }],
  ])('reads %j', (text, reading) => {
    expect(readMac(text)).toEqual(reading);
  });

  test.each([
    ['01:00:5e:00:00:01', false],
    ['00:00:00:00:00:00', false],
    ['00:00:00:00:00:01', true],
  ])('%s is unicast: %s', (text, unicast) => {
    const mac = parseMac(text);
    expect(mac && isUnicastMac(mac)).toBe(unicast);
  });
});

describe('a derived MAC address', () => {
  test('is valid, unicast and locally administered, and the same each time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (seed) => {
        const mac = macFromSeed(seed);
        expect(parseMac(mac)).toBe(mac);
        expect(isUnicastMac(mac)).toBe(true);
        expect((macBytes(mac)[0] ?? 0) & 0b11).toBe(0b10);
        expect(macFromSeed(seed)).toBe(mac);
      }),
    );
  });

  test('differs between seeds that are alike', () => {
    const seeds = Array.from({ length: 20_000 }, (_, n) => `vpc${n % 50}-external/eip-${n}`);
    expect(new Set(seeds.map(macFromSeed)).size).toBe(seeds.length);
  });

  test('never changes from one version to the next', () => {
    expect(macFromSeed('vpc1-external0')).toBe('5e:03:49:dd:b7:ee');
  });

  // http://www.isthe.com/chongo/tech/comp/fnv/: test vectors of FNV-1a 64.
  test.each([
    ['', 0xcbf29ce484222325n],
    ['a', 0xaf63dc4c8601ec8cn],
    ['foobar', 0x85944171f73967e8n],
  ])('hash of %j', (text, hash) => {
    expect(fnv1a64(text)).toBe(hash);
  });
});
