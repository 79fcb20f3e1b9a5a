import type { ExternalFlow } from '@berth/core';
import type { Ip } from '@berth/net';
import { expect, test } from 'vitest';
import { lostIn } from './probe-lost.ts';

const ip = (text: string): Ip => text as Ip;
const none: string[] = [];
const sent = {
  ...({ protocol: 'icmp', port: null, sent: 5, seenAs: null, otherAnswers: 0, duplicates: 0 } as const),
  reached: none,
};
const inbound = { ...sent, direction: 'inbound', from: 'outside', to: '10.9.101.9', received: 0 } as const;
const outbound = {
  ...sent,
  direction: 'outbound',
  from: 'default/web',
  to: '10.9.101.1',
  received: 0,
} as const;
const probings = [
  {
    address: ip('10.9.101.9'),
    of: { pods: ['default/web'] },
    outbound: { pod: 'default/web', to: ip('10.9.101.1') },
  },
];
const flow = (parts: Partial<ExternalFlow>): ExternalFlow => parts as ExternalFlow;

test('what came through is not looked at', () => {
  expect(lostIn([{ ...inbound, received: 1 }], probings, [])).toEqual([]);
});

test('a ping that is lost is one to or from the address, with the outside at its other end', () => {
  const [into, out] = lostIn([inbound, outbound], probings, []);
  expect([into?.talk, out?.talk]).toEqual([
    { protocol: 'icmp', peer: '10.9.101.1' },
    { protocol: 'icmp', peer: '10.9.101.1' },
  ]);
  expect(into?.isMeant(flow({ direction: 'inbound', externalIp: '10.9.101.9' }))).toBe(true);
  expect(into?.isMeant(flow({ direction: 'outbound', externalIp: '10.9.101.9' }))).toBe(false);
  expect(out?.isMeant(flow({ direction: 'outbound', externalIp: '10.9.101.9' }))).toBe(true);
  expect(out?.isMeant(flow({ direction: 'outbound', externalIp: '10.9.101.8' }))).toBe(false);
});

test('a connection that is lost in place of pings is one to the address', () => {
  const [into] = lostIn([{ ...inbound, protocol: 'tcp', port: 40_123 }], probings, []);
  expect(into?.talk).toEqual({ protocol: 'tcp', port: 40_123, innerPort: 40_123, peer: '10.9.101.1' });
  expect(into?.isMeant(flow({ direction: 'inbound', externalIp: '10.9.101.9' }))).toBe(true);
});

test('a connection that is lost is of its rule, with the ports on both sides of the router', () => {
  const common = { protocol: 'tcp', seenAs: undefined, from: 'outside' } as const;
  const forward = {
    ...common,
    direction: 'inbound',
    to: ip('10.9.101.20'),
    port: 80,
    backends: [{ place: 'default/web', port: 8080 }],
  } as const;
  const [into] = lostIn([{ ...inbound, protocol: 'tcp', to: '10.9.101.20', port: 80 }], [], [forward]);
  expect(into?.talk).toEqual({ protocol: 'tcp', port: 80, innerPort: 8080 });
  const own = { direction: 'inbound', externalIp: '10.9.101.20' } as const;
  expect(into?.isMeant(flow({ ...own, externalPort: { protocol: 'tcp', port: 80 } }))).toBe(true);
  expect(into?.isMeant(flow({ ...own, externalPort: { protocol: 'tcp', port: 81 } }))).toBe(false);
});

test('a connection out of a pod is of the rule that translates it, from that pod', () => {
  const snat = {
    direction: 'outbound',
    protocol: 'tcp',
    from: 'default/db',
    to: ip('10.9.101.1'),
    port: 40_123,
    backends: [{ place: 'outside', port: 40_123 }],
    seenAs: ip('10.9.101.2'),
  } as const;
  const [out] = lostIn([{ ...outbound, protocol: 'tcp', from: 'default/db', port: 40_123 }], [], [snat]);
  expect(out?.talk).toEqual({ protocol: 'tcp', port: 40_123, peer: '10.9.101.1' });
  const own = { direction: 'outbound', externalIp: '10.9.101.2' } as const;
  expect(out?.isMeant(flow({ ...own, logicalPort: 'db.default' }))).toBe(true);
  expect(out?.isMeant(flow({ ...own, logicalPort: 'web.default' }))).toBe(false);
});
