import type { IP, Subnet } from '@berth/api';
import { expect, test } from 'vitest';
import { testMetadata } from '../testing/resources.ts';
import { workloadsOf } from './workloads.ts';

function subnet(name: string, spec: Subnet['spec']): Subnet {
  return { apiVersion: 'kubeovn.io/v1', kind: 'Subnet', metadata: testMetadata(name), spec };
}

function ip(pod: string, spec: Partial<IP['spec']> = {}): IP {
  return {
    apiVersion: 'kubeovn.io/v1',
    kind: 'IP',
    metadata: testMetadata(`${pod}.default`),
    spec: {
      podName: pod,
      namespace: 'default',
      subnet: 'dual',
      nodeName: 'node-1',
      ipAddress: '192.168.0.4,fd00::4',
      macAddress: '0a:00:00:00:00:04',
      ...spec,
    },
  };
}

const subnets = [
  subnet('dual', { cidrBlock: '192.168.0.0/24,fd00::/64', gateway: '192.168.0.254', mtu: 1400 }),
  subnet('plain', { cidrBlock: '10.0.0.0/16' }),
];
const netnsByPod = new Map(['web', 'db', 'far'].map((pod) => [`default/${pod}`, `pod.default.${pod}`]));
const sources = { node: 'node-1', subnets, netnsByPod };

test('an address of a pod on the node becomes a workload with the networks and gateways of its subnet', () => {
  expect(workloadsOf({ ...sources, ips: [ip('web')] })).toEqual([
    {
      namespace: 'default',
      name: 'web',
      netns: 'pod.default.web',
      portName: 'web.default',
      interfaceName: 'eth0',
      mac: '0a:00:00:00:00:04',
      addresses: [
        { ip: '192.168.0.4', cidr: '192.168.0.0/24' },
        { ip: 'fd00::4', cidr: 'fd00::/64' },
      ],
      gateways: ['192.168.0.254', 'fd00::1'],
      mtu: 1400,
    },
  ]);
});

test('without an MTU of the subnet the tunnel decides; without a gateway it is the first host', () => {
  const spec = { subnet: 'plain', ipAddress: '10.0.3.4' };
  const [workload] = workloadsOf({ ...sources, ips: [ip('web', spec)] });
  expect(workload).not.toHaveProperty('mtu');
  expect(workload?.gateways).toEqual(['10.0.0.1']);
});

test.each([
  ['is on another node', ip('web', { nodeName: 'node-2' })],
  ['has no namespace', ip('stranger')],
  ['has no address yet', ip('web', { ipAddress: undefined })],
  ['has no MAC yet', ip('web', { macAddress: undefined })],
  ['has no subnet', ip('web', { subnet: 'gone' })],
])('a pod that %s is none', (_, object) => {
  expect(workloadsOf({ ...sources, ips: [object, ip('db')] }).map(({ name }) => name)).toEqual(['db']);
});

test('the order of the objects does not show', () => {
  const ips = [ip('web'), ip('db'), ip('far')];
  expect(workloadsOf({ ...sources, ips })).toEqual(workloadsOf({ ...sources, ips: ips.toReversed() }));
});

test('a pod gets the routes that it asks for, and its default one where it names that', () => {
  const asking = (text: string) => ({
    apiVersion: 'v1' as const,
    kind: 'Pod' as const,
    metadata: {
      ...testMetadata('web'),
      namespace: 'default',
      annotations: { 'ovn.kubernetes.io/routes': text },
    },
    spec: {},
  });
  const routes =
    '[{"dst":"10.0.0.0/8","gw":"192.168.0.9"},{"gw":"192.168.0.7"},{"dst":"fd01::/64","gw":"fd00::9"}]';
  const [web] = workloadsOf({ ...sources, ips: [ip('web')], pods: [asking(routes)] });
  expect(web).toMatchObject({
    gateways: ['192.168.0.7', 'fd00::1'],
    routes: [
      { dst: '10.0.0.0/8', gw: '192.168.0.9' },
      { dst: 'fd01::/64', gw: 'fd00::9' },
    ],
  });
  const [plain] = workloadsOf({ ...sources, ips: [ip('web')], pods: [asking('nonsense')] });
  expect(plain).toEqual(workloadsOf({ ...sources, ips: [ip('web')] })[0]);
});
