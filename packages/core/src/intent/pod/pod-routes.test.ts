import type { IP, Subnet } from '@berth/api';
import { describe, expect, test } from 'vitest';
import { fieldFabric, fieldStoryWith } from '../../testing/field-story.ts';
import { ip, pod, subnet } from '../../testing/resources.ts';
import { settle } from '../../testing/settle.ts';
import { podNetworkOf } from './pod-network.ts';
import { podRoutes, unusableRoutes } from './pod-routes.ts';

const asking = (text: string) => pod('p', {}, { annotations: { 'ovn.kubernetes.io/routes': text } });

const both = subnet('s', { cidrBlock: '10.1.0.0/24,fd00:1::/64', gateway: '10.1.0.1,fd00:1::1' }) as Subnet;
const v4Only = subnet('s', { cidrBlock: '10.1.0.0/24', gateway: '10.1.0.1' }) as Subnet;
const inBoth = ip('p.default', { v4IpAddress: '10.1.0.5', v6IpAddress: 'fd00:1::5' }) as IP;
const network = podNetworkOf(inBoth, both);

/** What is wrong with routes, without the words around it. */
function faultOf(text: string, of = network): string | undefined {
  const pod = asking(text);
  const [found] = unusableRoutes(pod, { network: of });
  expect(podRoutes(pod, of).length > 0).toBe(found === undefined && !['', ' ', '[]'].includes(text));
  const [, fault] =
    /cannot be used: (.*), so the pod gets none of these routes$/.exec(found?.message ?? '') ?? [];
  return fault;
}

test('routes are read as Kube-OVN has them, one without a target as the default route', () => {
  const text =
    '[{"dst":"192.168.5.101/24","gw":"10.1.0.254"},{"gw":"10.1.0.9"},{"dst":"fd00::7","gw":"fd00:1::9"}]';
  expect(podRoutes(asking(text), network)).toEqual([
    { dst: '192.168.5.0/24', gw: '10.1.0.254' },
    { dst: '0.0.0.0/0', gw: '10.1.0.9' },
    { dst: 'fd00::7/128', gw: 'fd00:1::9' },
  ]);
  for (const none of [text, '', ' ', '[]']) expect(faultOf(none)).toBeUndefined();
});

test.each([
  ['nonsense', 'it is no JSON list'],
  ['{"gw":"10.0.0.1"}', 'it is no JSON list'],
  ['[7]', '[0] is no {"dst": …, "gw": …}'],
  ['[{"dest":"10.9.0.0/16","gw":"10.1.0.9"}]', '[0] has "dest", and only dst and gw have a meaning'],
  ['[{}]', '[0].gw "" is not an IP address'],
  ['[{"gw":7}]', '[0].gw 7 is not an IP address'],
  [`[{"gw":${'['.repeat(50_000)}${']'.repeat(50_000)}}]`, '[0].gw […] is not an IP address'],
  ['[{"gw":"10.1.0.9"},{"gw":"10.0.0.300"}]', '[1].gw "10.0.0.300" is not an IP address'],
  ['[{"dst":"10.0.0.0/33","gw":"10.1.0.9"}]', '[0].dst "10.0.0.0/33" is neither a network nor an address'],
  ['[{"dst":null,"gw":"10.1.0.9"}]', '[0].dst null is neither a network nor an address'],
  ['[{"dst":"10.0.0.0/8","gw":"fd00:1::9"}]', '[0].gw fd00:1::9 is not of the family of 10.0.0.0/8'],
  [JSON.stringify(Array(10_000).fill({ gw: '10.1.0.9' })), 'it has 10000 routes, more than 256'],
])('%.60s has no form that can be used', (text, why) => {
  expect(faultOf(text)).toBe(why);
});

test.each([
  [
    'a gateway of elsewhere',
    '[{"dst":"10.9.0.0/16","gw":"10.2.0.1"}]',
    '[0].gw 10.2.0.1 is not in the pod’s subnet, 10.1.0.0/24',
  ],
  [
    'IPv4 in the form of IPv6',
    '[{"gw":"::ffff:10.1.0.1"}]',
    '[0].gw ::ffff:a00:1 is not in the pod’s subnet, fd00:1::/64'.replace('a00', 'a01'),
  ],
  ['the pod itself', '[{"gw":"10.1.0.5"}]', '[0].gw 10.1.0.5 is the address of the pod itself'],
  ['the broadcast address', '[{"gw":"10.1.0.255"}]', '[0].gw 10.1.0.255 can be no host of 10.1.0.0/24'],
  [
    'the subnet',
    '[{"dst":"10.1.0.0/24","gw":"10.1.0.9"}]',
    '[0].dst 10.1.0.0/24 is the pod’s own subnet, which it reaches without a gateway',
  ],
  [
    'the pod',
    '[{"dst":"10.1.0.0/29","gw":"10.1.0.9"}]',
    '[0].dst 10.1.0.0/29 holds the pod’s own address, 10.1.0.5',
  ],
  [
    'the gateway',
    '[{"dst":"10.1.0.128/25","gw":"10.1.0.254"}]',
    '[0].dst 10.1.0.128/25 holds the gateway 10.1.0.254, which would lead to itself',
  ],
  [
    'the default gateway',
    '[{"dst":"10.1.0.1","gw":"10.1.0.254"}]',
    '[0].dst 10.1.0.1/32 holds the gateway 10.1.0.1, which would lead to itself',
  ],
  [
    'one target twice',
    '[{"dst":"10.9.0.0/16","gw":"10.1.0.9"},{"dst":"10.9.1.1/16","gw":"10.1.0.8"}]',
    '[1] leads to 10.9.0.0/16, as [0] does already',
  ],
  [
    'two default routes',
    '[{"gw":"10.1.0.9"},{"dst":"0.0.0.0/0","gw":"10.1.0.8"}]',
    '[1] leads to all of IPv4, as [0] does already',
  ],
  [
    'multicast',
    '[{"dst":"ff02::/16","gw":"fd00:1::9"}]',
    '[0].dst ff02::/16 is multicast, which no gateway leads to',
  ],
  [
    'what is mapped',
    '[{"dst":"::ffff:10.9.0.0/112","gw":"fd00:1::9"}]',
    '[0].dst ::ffff:a09:0/112 is IPv4 in the form of IPv6, which no gateway leads to',
  ],
])('%s cannot be on the network of the pod', (_, text, why) => {
  expect(faultOf(text)).toBe(why);
});

test.each([
  ['targets that overlap', '[{"dst":"10.0.0.0/8","gw":"10.1.0.9"},{"dst":"10.9.0.0/16","gw":"10.1.0.8"}]'],
  ['another host of the subnet', '[{"dst":"10.1.0.77","gw":"10.1.0.9"}]'],
  ['a gateway by its link-local address', '[{"gw":"fe80::1"}]'],
  ['both default routes', '[{"gw":"10.1.0.9"},{"gw":"fd00:1::9"}]'],
])('%s can', (_, text) => {
  expect(faultOf(text)).toBeUndefined();
});

test('a family that the pod has no address of is told', () => {
  const of = podNetworkOf(inBoth, v4Only);
  expect(faultOf('[{"gw":"fd00:1::9"}]', of)).toBe(
    '[0].gw fd00:1::9 is of a family that the pod has no address of',
  );
});

describe('a pod is told', () => {
  const codes = (gw: string) =>
    settle(
      fieldStoryWith(
        pod(
          'zz',
          { subnet: 'vpc1-subnet1', node: 'vnode-103-176' },
          {
            annotations: {
              'ovn.kubernetes.io/routes': JSON.stringify([{ gw }]),
              'ovn.kubernetes.io/logical_switch': 'vpc1-subnet1',
            },
          },
        ),
      ),
      fieldFabric,
    ).findings.map(({ code, severity, object, field }) => [code, severity, object?.name, field]);

  test('once it has an address, by the subnet of that', () => {
    expect(codes('192.168.0.254')).toEqual([]);
    expect(codes('192.168.1.254')).toEqual([
      ['annotation-invalid', 'warning', 'zz', "metadata.annotations['ovn.kubernetes.io/routes']"],
    ]);
  });
});
