import { type Ip, type Mac, macBytes, parseIp, parseMac } from '@berth/net';
import { beforeEach, expect, test, vi } from 'vitest';
import { joined, ofIp, ofMac, unsigned } from '../openflow/bytes.ts';
import type { NodeSwitch } from '../ovs/node-switch.ts';
import { encodeEthernet, etherType, readEthernet } from '../packet/ethernet.ts';
import { AddressChecks } from './address-checks.ts';
import { probeMac } from './prober.ts';

const providers: NodeSwitch['providers'] = new Map([
  [
    'ext',
    { network: 'ext', bridge: 'br-ext', nics: [{ name: 'eth1', number: 1, carrier: true }], patches: [] },
  ],
]);
const known = <T>(value: T | undefined): T => value ?? expect.fail('not a value');
const theirs = known(parseMac('02:00:00:00:00:99'));
const own = probeMac('n1', 'ext');
const check = (ip: string, vlanId = 7) => ({ network: 'ext', vlanId, ip });

let nowMs = 0;
let sent: { atMs: number; vlanId: number; source: Mac }[];
let news: number;
let hasWay: boolean;
let checks: AddressChecks;

beforeEach(() => {
  vi.useFakeTimers();
  nowMs = 0;
  sent = [];
  news = 0;
  hasWay = true;
  checks = new AddressChecks({
    node: 'n1',
    send: (_, frames) => {
      for (const frame of hasWay ? frames : []) {
        const { vlanId, source } = known(readEthernet(frame));
        sent.push({ atMs: nowMs, vlanId, source });
      }
      return hasWay;
    },
    onChange: () => {
      news += 1;
    },
    nowMs: () => nowMs,
  });
  return () => {
    checks[Symbol.dispose]();
    vi.useRealTimers();
  };
});

/** Lets time pass. */
function pass(ms: number): void {
  for (let passed = 0; passed < ms; passed += 50) {
    nowMs += 50;
    vi.advanceTimersByTime(50);
  }
}

/** An ARP reply of somebody who has an address. */
function answer(text: string, mac: Mac = theirs, vlanId = 7): void {
  const ip: Ip = known(parseIp(text));
  const payload = joined(
    ...[unsigned(1, 2), unsigned(0x0800, 2), unsigned(6, 1), unsigned(4, 1), unsigned(2, 2)],
    ...[ofMac(mac), ofIp(ip), Uint8Array.from(macBytes(own)), new Uint8Array(4)],
  );
  const frame = encodeEthernet({ destination: own, source: mac, vlanId, type: etherType.arp, payload });
  checks.hear('br-ext', { inPort: 1, frame });
}

test('an address that nobody answers for is free after three questions and less than a second', () => {
  expect(checks.follow(providers, [check('10.0.0.1')])).toEqual([]);
  pass(1_000);
  expect(sent.map(({ atMs }) => atMs)).toEqual([50, 300, 550]);
  expect(sent[0]).toMatchObject({ vlanId: 7, source: own });
  expect(news).toBe(1);
  expect(checks.follow(providers, [check('10.0.0.1')])).toEqual([check('10.0.0.1')]);
  pass(60_000);
  expect(sent).toHaveLength(3);
});

test('a thousand addresses take as long as one', () => {
  const many = Array.from({ length: 1_000 }, (_, place) => check(`10.0.${place >> 8}.${place & 255}`));
  checks.follow(providers, many);
  pass(1_000);
  expect(checks.follow(providers, many)).toHaveLength(1_000);
  expect(news).toBe(1);
});

test('whoever answers is told at once, asked again, and told of no more when gone', () => {
  const all = [check('10.0.0.1'), check('10.0.0.2')];
  checks.follow(providers, all);
  pass(100);
  answer('10.0.0.1');
  expect(checks.follow(providers, all)).toEqual([{ ...check('10.0.0.1'), mac: theirs }]);
  pass(1_000);
  expect(checks.follow(providers, all)).toContainEqual(check('10.0.0.2'));
  pass(4_500);
  answer('10.0.0.1');
  expect(checks.follow(providers, all)).toContainEqual({ ...check('10.0.0.1'), mac: theirs });
  pass(6_500);
  expect(checks.follow(providers, all)).toContainEqual(check('10.0.0.1'));
});

test('answers on another VLAN, and before anybody asked, say nothing', () => {
  checks.follow(providers, [check('10.0.0.1')]);
  answer('10.0.0.1');
  pass(100);
  answer('10.0.0.1', theirs, 8);
  expect(checks.follow(providers, [check('10.0.0.1')])).toEqual([]);
});

test('while nothing can be sent nothing is known, and what is ordered no more is forgotten', () => {
  hasWay = false;
  checks.follow(providers, [check('10.0.0.1')]);
  pass(5_000);
  expect(checks.follow(providers, [check('10.0.0.1')])).toEqual([]);
  hasWay = true;
  pass(1_000);
  expect(checks.follow(providers, [check('10.0.0.1')])).toHaveLength(1);
  expect(checks.asks('ext')).toBe(true);
  expect(checks.follow(providers, [])).toEqual([]);
  expect(checks.asks('ext')).toBe(false);
  expect(vi.getTimerCount()).toBe(0);
});
