import { type Ip, parseIp } from '@berth/net';
import { expect, test } from 'vitest';
import { betweenEnds } from './probe-ends.ts';
import type { Probing } from './probing.ts';

const probing = (pod: string, address: string): Probing => ({
  address: parseIp(address) as Ip,
  of: { pods: [pod] },
  outbound: { pod, to: parseIp('10.9.101.1') as Ip },
});
const packets = { probings: [probing('default/web', '10.9.101.9'), probing('default/db', '10.9.101.10')] };
const ends = (...pods: string[]) => ({ lab: 'field', pods });

test('what pods can be asked of all that is meant is sent as it is', () => {
  const sent = { ...packets, connections: [] };
  expect(betweenEnds(sent, ends('default/web', 'default/db'))).toBe(sent);
});

test('a pod that was never attached is left out, and told', () => {
  expect(betweenEnds({ ...packets, connections: [] }, ends('default/db'))).toEqual({
    probings: packets.probings.slice(1),
    connections: [],
    untried: 'pod/default/web is not attached on lab field',
  });
});

test('where nobody is attached it is said who, and how it comes to be', () => {
  const sent = { probings: packets.probings.slice(0, 1), connections: [] };
  expect(() => betweenEnds(sent, ends())).toThrow(
    expect.objectContaining({
      code: 'cannot-tell',
      message: 'pod/default/web is not attached on lab field: it has no interface to send packets from or to',
      cure: expect.stringMatching(/^have it attached: berth run and berth apply/),
    }),
  );
});

test('a load-balancer is tried without the backends that are away, which get their share all the same', () => {
  const backends = ['default/web', 'default/db'].map((place) => ({ place, port: 8080 }));
  const way = {
    direction: 'inbound',
    protocol: 'tcp',
    from: 'outside',
    port: 80,
    seenAs: undefined,
  } as const;
  const sent = { probings: [], connections: [{ ...way, to: parseIp('10.9.101.60') as Ip, backends }] };
  expect(betweenEnds(sent, ends('default/db'))).toMatchObject({
    connections: [{ backends: backends.slice(1), others: 1 }],
    untried: 'pod/default/web is not attached on lab field',
  });
});
