import { lingersPrefix, takenPrefix } from '@berth/api';
import { compareIp, hostCidr, type Ip, ipOf } from '@berth/net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readInner } from './linger-inner.ts';
import { type LingerList, lingerEntry, readLingerEntry, type Taken } from './linger-list.ts';

const ipv4 = fc.oneof(
  fc.integer({ min: 0x0a000000, max: 0x0a000020 }),
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.constantFrom(0, 0xffffffff, 0xfffffffe),
);
const ipv6 = fc.oneof(
  fc.bigInt({ min: (0xfd00n << 112n) | 1n, max: (0xfd00n << 112n) | 40n }),
  fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
);
const ip = fc.oneof(
  ipv4.map((value) => ipOf('IPv4', BigInt(value))),
  ipv6.map((value) => ipOf('IPv6', value)),
) as fc.Arbitrary<Ip>;
const octet = fc.integer({ min: 0, max: 255 }).map((value) => value.toString(16).padStart(2, '0'));
const mac = fc.oneof(
  fc.constant('02:00:00:00:00:01'),
  fc.array(octet, { minLength: 6, maxLength: 6 }).map((parts) => parts.join(':')),
);
const object = fc.oneof(
  fc.constant(undefined),
  fc.integer({ min: 1, max: 300 }).map((number) => `ovn-fip/web-${number}`),
  fc.constantFrom('ovn-fip/web', 'ip/web.default', 'eip/a~b', '12~3', '*4', 'a, b', '%2C', '7', '%'),
  fc.string({ minLength: 1, unit: 'grapheme' }),
);
const network = ip.map(hostCidr);
const inner = fc
  .record({
    router: fc.constantFrom('vpc1', 'a vpc', 'a/b,c', '%'),
    all: fc.uniqueArray(fc.record({ network, isFloating: fc.boolean() }), {
      maxLength: 3,
      selector: (each) => each.network,
    }),
  })
  .map(({ router, all }) => all.map((each) => ({ router, ...each })));
const taken: fc.Arbitrary<Taken> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ ip, mac, object }) },
  { weight: 5, arbitrary: fc.record({ ip, mac, object, inner }) },
  { weight: 1, arbitrary: ip.map((one) => ({ ip: one, mac: undefined, object: undefined })) },
);
const list: fc.Arbitrary<LingerList> = fc.record({
  switchName: fc.constantFrom('external0', 'out', 'a b'),
  chassis: fc.constantFrom('N', '6e8e0c1f-7b0e-4bb0-9c4e-0d2b3cf1a111', 'with/slash', 'with space'),
  change: fc.record({ number: fc.nat(), isAfter: fc.boolean() }),
  taken: fc.uniqueArray(taken, { minLength: 1, maxLength: 60, selector: (each) => each.ip }),
});
const room = fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: -5, max: 400 }));

test('what is read back is what was written, of as many addresses with MAC and object as there is room for', () => {
  fc.assert(
    fc.property(list, room, (written, left) => {
      const [key, value] = lingerEntry(written, left);
      const read = readLingerEntry(key, value);
      const all = written.taken.toSorted((one, other) => compareIp(one.ip, other.ip));
      const told = left === Number.POSITIVE_INFINITY ? all.length : lastTold(read);
      const bare = all.map((each, place) =>
        place < told ? each : { ip: each.ip, mac: undefined, object: undefined },
      );
      expect(read).toEqual({ ...written, taken: bare });
      const [addresses = ''] = value.split(' ');
      expect(key.length + value.length).toBeLessThanOrEqual(Math.max(key.length + addresses.length, left));
    }),
    { numRuns: 2_000, seed: 5 },
  );
});

/** How many of the addresses, from the first on, have a MAC. */
function lastTold(read: LingerList | undefined): number {
  return (read?.taken.findLastIndex(({ mac: one }) => one !== undefined) ?? -1) + 1;
}

test('lists of different changes, switches, first addresses or chassis have keys of their own', () => {
  fc.assert(
    fc.property(list, list, (one, other) => {
      const [left, right] = [lingerEntry(one, 0), lingerEntry(other, 0)];
      const [first, second] = [one, other].map((each) => readLingerEntry(...lingerEntry(each, 0)));
      const isSame =
        JSON.stringify({ ...first, taken: first?.taken[0]?.ip }) ===
        JSON.stringify({ ...second, taken: second?.taken[0]?.ip });
      expect(left[0] === right[0]).toBe(isSame);
    }),
    { numRuns: 500, seed: 5 },
  );
});

test('ten thousand addresses next to each other are a few words', () => {
  const many = Array.from({ length: 10_000 }, (_, at): Taken => {
    return { ip: ipOf('IPv4', 0x0a000001n + BigInt(at)) as Ip, mac: '02:00:00:00:00:01', object: undefined };
  });
  const change = { number: 8, isAfter: false };
  expect(lingerEntry({ switchName: 'out', chassis: 'N', change, taken: many }, 1_000)).toEqual([
    `${takenPrefix}8/out/10.0.0.1/N`,
    '10.0.0.1+9999 020000000001,*9999 ,*9999 ,*9999',
  ]);
});

test.each([
  ['10.0.0.9/out/N', '>7 02:00:00:00:00:01 ovn-fip/gone', ['10.0.0.9', '02:00:00:00:00:01', 'ovn-fip/gone']],
  ['fd00::9/out/a/b', '7 02:00:00:00:00:01', ['fd00::9', '02:00:00:00:00:01', undefined]],
])('the form of one key for each address is read: %s', (key, value, [one, by, whose]) => {
  const read = readLingerEntry(`${lingersPrefix}${key}`, value);
  expect(read?.taken).toEqual([{ ip: one, mac: by, object: whose }]);
});

test.each([
  ['8/out/10.0.0.1/N', ''],
  ['8/out/10.0.0.1/N', '10.0.0.1+'],
  ['8/out/10.0.0.1/N', '3'],
  ['8/out/10.0.0.1/N', '255.255.255.255+1'],
  ['8/out/10.0.0.1/N', '10.0.0.1,x'],
  ['8/out/10.0.0.1/N', '10.0.0.1+999999999'],
  ['8/out/10.0.0.1/N', '10.0.0.1 *2 a'],
  ['8/out/10.0.0.1/N', '10.0.0.1 020000000001,*1 a'],
  ['8/out/10.0.0.1/N', '10.0.0.1 020000000001 a,b'],
  ['8/out/10.0.0.1/N', '10.0.0.1 020000000001 %zz'],
  ['eight/out/10.0.0.1/N', '10.0.0.1'],
  ['8/out/10.0.0.1', '10.0.0.1'],
  ['8', '10.0.0.1'],
])('what was written by nobody is left out: %s %s', (key, value) => {
  expect(readLingerEntry(`${takenPrefix}${key}`, value)).toBeUndefined();
});

test('what an older Berth wrote says nothing of what was translated, and of an address in two rows there is all of it', () => {
  const old = readLingerEntry(`${takenPrefix}8/out/10.0.0.1/N`, '10.0.0.1 020000000001 ovn-fip/web');
  expect(old?.taken).toEqual([{ ip: '10.0.0.1', mac: '02:00:00:00:00:01', object: 'ovn-fip/web' }]);
  const at = { switchName: 'out', chassis: 'N', change: { number: 8, isAfter: false } };
  const inner = (text: string) => readInner(`vpc1 ${text}`) ?? [];
  const of = (text: string) => ({ ip: '10.0.0.1' as Ip, mac: undefined, object: 'o', inner: inner(text) });
  const both = [of('192.168.0.4'), of('192.168.1.0/24')];
  expect(readLingerEntry(...lingerEntry({ ...at, taken: both }, 500))?.taken).toEqual([
    { ...of('192.168.0.4'), inner: inner('192.168.0.4 192.168.1.0/24') },
  ]);
});
