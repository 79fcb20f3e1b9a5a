import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressesIn, dutiesOf, type OrderedAddress } from './duty.ts';
import { fencesNow } from './fence.ts';

const web: OrderedAddress = {
  ip: '10.9.101.9',
  mac: '0a:00:00:00:00:09',
  network: 'ext',
  vlanId: 0,
  port: 'web',
  logicalIp: '192.168.0.4',
};
const ips = (addresses: readonly OrderedAddress[]) => addresses.map(({ ip }) => ip);

function due(before: readonly OrderedAddress[], ordered: readonly OrderedAddress[], ...claimed: string[]) {
  const { held, announced, flushed } = dutiesOf(before, ordered, new Set(claimed));
  return { held: ips(held), announced: ips(announced), flushed: ips(flushed) };
}

test('an order names addresses by their port, and what each stands for', () => {
  const { ip, logicalIp = '', ...place } = web;
  const { logicalIp: _several, ...shared } = web;
  const other = '10.9.101.2';
  expect(addressesIn([{ ...place, pairs: `${ip} ${logicalIp}\n${other}`, contested: [other] }])).toEqual([
    web,
    { ...shared, ip: other, isContested: true },
  ]);
});

describe('an address', () => {
  const { ip } = web;
  test.each([
    ['is new here', [], [web], ['web'], { held: [ip], announced: [ip], flushed: [] }],
    ['stays', [web], [web], ['web'], { held: [ip], announced: [], flushed: [] }],
    ['is elsewhere', [], [web], [], { held: [], announced: [], flushed: [] }],
    ['left', [web], [web], [], { held: [], announced: [], flushed: [ip] }],
    ['is no more', [web], [], ['web'], { held: [], announced: [], flushed: [ip] }],
    [
      'has another MAC',
      [web],
      [{ ...web, mac: '0a:00:00:00:00:0a' }],
      ['web'],
      { held: [ip], announced: [ip], flushed: [] },
    ],
    [
      'is contested',
      [web],
      [{ ...web, isContested: true }],
      ['web'],
      { held: [ip], announced: [], flushed: [] },
    ],
    [
      'is contested no more',
      [{ ...web, isContested: true }],
      [web],
      ['web'],
      { held: [ip], announced: [ip], flushed: [] },
    ],
    [
      'is contested no more and left',
      [{ ...web, isContested: true }],
      [web],
      [],
      { held: [], announced: [], flushed: [ip] },
    ],
    [
      'stands for another pod here',
      [web],
      [{ ...web, port: 'db', logicalIp: '192.168.0.5' }],
      ['db'],
      { held: [ip], announced: [], flushed: [ip] },
    ],
    [
      'stands for the same pod by way of the gateway',
      [web],
      [{ ...web, port: 'cr-lrp', mac: '0a:00:00:00:00:01' }],
      ['cr-lrp'],
      { held: [ip], announced: [ip], flushed: [] },
    ],
  ])('that %s', (_, before, ordered, claimed, expected) => {
    expect(due(before, ordered, ...claimed)).toEqual(expected);
  });

  test('that many share keeps its connections when it leaves', () => {
    const { logicalIp: _, ...shared } = web;
    expect(due([shared], [shared])).toEqual({ held: [], announced: [], flushed: [] });
  });
});

const address = fc.record<OrderedAddress>({
  ip: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', 'fd00::1'),
  mac: fc.constantFrom('0a:00:00:00:00:01', '0a:00:00:00:00:02'),
  network: fc.constant('ext'),
  vlanId: fc.constantFrom(0, 7),
  port: fc.constantFrom('a', 'b', 'cr-x'),
  logicalIp: fc.constantFrom('192.168.0.1', '192.168.0.2', undefined),
  isContested: fc.boolean(),
});
const addresses = fc.uniqueArray(address, { selector: ({ ip }) => ip });
const claims = fc.uniqueArray(fc.constantFrom('a', 'b', 'cr-x')).map((ports) => new Set(ports));

test('what was done is not done again', () => {
  fc.assert(
    fc.property(addresses, addresses, claims, (before, ordered, claimed) => {
      const { held } = dutiesOf(before, ordered, claimed);
      expect(dutiesOf(held, ordered, claimed)).toEqual({ held, announced: [], flushed: [] });
    }),
  );
});

test('only what is here is announced, and no connection of what stays as it was is ended', () => {
  fc.assert(
    fc.property(addresses, addresses, claims, (before, ordered, claimed) => {
      const { held, announced, flushed } = dutiesOf(before, ordered, claimed);
      for (const each of announced) expect(held).toContain(each);
      for (const { ip, logicalIp } of flushed) {
        expect(held.some((each) => each.ip === ip && each.logicalIp === logicalIp)).toBe(false);
      }
    }),
  );
});

describe('a fence', () => {
  const fence = { network: 'ext', vlanId: 0, mac: '0a:00:00:00:00:01' };
  const gone = { running: false, connected: false };
  const back = { running: true, connected: true };
  const gateway = { ...web, mac: fence.mac, port: 'cr-x' };
  const now = (parts: Partial<Parameters<typeof fencesNow>[0]>) =>
    fencesNow({ fenced: [], ordered: [fence], held: [], controller: back, areFlowsFresh: true, ...parts });

  test.each([
    ['is not raised while ovn-controller runs', {}, []],
    ['is not raised because SB cannot be reached', { controller: { running: true, connected: false } }, []],
    ['is raised when ovn-controller is gone', { controller: gone }, [fence]],
    ['is not raised without an order', { controller: gone, ordered: [] }, []],
    ['is not raised for what SB says is here', { controller: gone, held: [gateway] }, []],
    [
      'stays while ovn-controller is not connected',
      { fenced: [fence], controller: { running: true, connected: false } },
      [fence],
    ],
    ['stays while the flows are of the one before', { fenced: [fence], areFlowsFresh: false }, [fence]],
    ['comes down when the flows are its own', { fenced: [fence] }, []],
    ['comes down when it is not ordered any more', { fenced: [fence], controller: gone, ordered: [] }, []],
  ])('%s', (_, parts, expected) => {
    expect(now(parts)).toEqual(expected);
  });
});
