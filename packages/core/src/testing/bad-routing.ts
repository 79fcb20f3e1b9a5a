import type { Vpc } from '@berth/api';
import type { BadCase } from './bad-case.ts';
import { eip, gatewayConfig, subnet, vlan, vpc } from './resources.ts';

/** The VPC of the field story with more in its spec. */
const routed = (spec: Vpc['spec']): Vpc =>
  vpc('vpc1', { enableExternal: true, extraExternalSubnets: ['external0'], ...spec });

const route = (spec: NonNullable<Vpc['spec']['staticRoutes']>[number]): Vpc =>
  routed({ staticRoutes: [spec] });

const policy = (...policyRoutes: NonNullable<Vpc['spec']['policyRoutes']>): Vpc => routed({ policyRoutes });

const object = { kind: 'Vpc', name: 'vpc1' };
const reroute = { priority: 100, match: 'ip4.src == 192.168.0.4', action: 'reroute' } as const;

/** Routes, policies, next hops that are watched, and the ConfigMap of the gateway. */
export const badRouting: readonly BadCase[] = [
  {
    what: 'a route leads nowhere',
    objects: [route({ cidr: '172.16.0.0/16', nextHopIP: '10.99.0.1' })],
    expected: {
      code: 'route-nowhere',
      object,
      field: 'spec.staticRoutes[0].nextHopIP',
      message: '10.99.0.1 is on no network of vpc/vpc1',
    },
  },
  {
    what: 'a route leads to the router itself',
    objects: [route({ cidr: '172.16.0.0/16', nextHopIP: '192.168.0.1' })],
    expected: { code: 'route-nowhere', message: '192.168.0.1 is an address of the router itself' },
  },
  {
    what: 'a next hop is of the other family',
    objects: [route({ cidr: '172.16.0.0/16', nextHopIP: 'fd00::9' })],
    expected: {
      code: 'bad-value',
      object,
      field: 'spec.staticRoutes[0].nextHopIP',
      message: 'fd00::9 is not of the address family of 172.16.0.0/16',
    },
  },
  {
    what: 'replies are to leave as requests came',
    objects: [route({ cidr: '172.16.0.0/16', nextHopIP: '10.9.101.7', ecmpMode: 'ecmp_symmetric_reply' })],
    expected: { code: 'ecmp-asymmetric', object, field: 'spec.staticRoutes[0].ecmpMode' },
  },
  {
    what: 'the mode of several next hops is none',
    objects: [route({ cidr: '172.16.0.0/16', nextHopIP: '10.9.101.7', ecmpMode: 'fair' })],
    expected: {
      code: 'bad-value',
      field: 'spec.staticRoutes[0].ecmpMode',
      message: 'fair is no mode of several next hops',
    },
  },
  {
    what: 'a route names no BFD row that exists',
    objects: [
      route({
        cidr: '172.16.0.0/16',
        nextHopIP: '10.9.101.7',
        bfdId: '11111111-2222-4333-8444-555555555555',
      }),
    ],
    expected: { code: 'reference-not-found', severity: 'warning', field: 'spec.staticRoutes[0].bfdId' },
  },
  {
    what: 'a route by source hides a subnet of the VPC',
    objects: [
      subnet('wide', { vpc: 'vpc1', cidrBlock: '172.16.0.0/16' }),
      route({ cidr: '192.168.0.0/24', nextHopIP: '10.9.101.7', policy: 'policySrc' }),
    ],
    expected: {
      code: 'route-hides-subnet',
      object,
      field: 'spec.staticRoutes[0]',
      related: [{ kind: 'Subnet', name: 'wide' }],
    },
  },
  {
    what: 'there are two ways out and no route',
    objects: [
      vlan('external1', { provider: 'external0', id: 7 }),
      subnet('external1', { vlan: 'external1', cidrBlock: '10.9.102.0/24' }),
      routed({ extraExternalSubnets: ['external0', 'external1'] }),
    ],
    expected: {
      code: 'no-route',
      object,
      field: 'spec.staticRoutes',
      message:
        'vpc/vpc1 has several external subnets and no IPv4 route out: only hosts on these subnets are reached',
    },
  },
  {
    what: 'a policy says nothing about which packets',
    objects: [policy({ priority: 100, action: 'drop' })],
    expected: { code: 'missing-field', object, field: 'spec.policyRoutes[0].match' },
  },
  {
    what: 'a policy says nothing about what to do',
    objects: [policy({ priority: 100, match: 'ip4' })],
    expected: { code: 'missing-field', field: 'spec.policyRoutes[0].action' },
  },
  {
    what: 'a policy reroutes to no next hop',
    objects: [policy(reroute)],
    expected: { code: 'missing-field', field: 'spec.policyRoutes[0].nextHopIP' },
  },
  {
    what: 'a policy reroutes nowhere',
    objects: [policy({ ...reroute, nextHopIP: '192.168.0.9,10.99.0.1' })],
    expected: { code: 'route-nowhere', field: 'spec.policyRoutes[0].nextHopIP' },
  },
  {
    what: 'the next hops of a policy are of two families',
    objects: [policy({ ...reroute, nextHopIP: '192.168.0.9,fd00::9' })],
    expected: {
      code: 'bad-value',
      field: 'spec.policyRoutes[0].nextHopIP',
      message: '192.168.0.9, fd00::9 are of two address families',
    },
  },
  {
    what: 'a policy reroutes IPv4 to a next hop of IPv6',
    objects: [policy({ ...reroute, nextHopIP: 'fd00::9' })],
    expected: {
      code: 'bad-value',
      field: 'spec.policyRoutes[0].nextHopIP',
      message: 'fd00::9 cannot be the next hop of packets with ip4.src == 192.168.0.4',
    },
  },
  {
    what: 'a policy that drops names a next hop',
    objects: [policy({ ...reroute, action: 'drop', nextHopIP: '192.168.0.9' })],
    expected: {
      code: 'policy-ambiguous',
      severity: 'warning',
      field: 'spec.policyRoutes[0].nextHopIP',
      message: 'the next hop 192.168.0.9 has no effect with the action drop',
    },
  },
  {
    what: 'two policies say different things about the same packets',
    objects: [policy({ ...reroute, nextHopIP: '192.168.0.9' }, { ...reroute, action: 'drop' })],
    expected: {
      code: 'policy-ambiguous',
      severity: 'error',
      field: 'spec.policyRoutes[1]',
      message:
        'spec.policyRoutes[0] already says what happens to packets with ip4.src == 192.168.0.4 at priority 100',
    },
  },
  {
    what: 'BFD is asked for and there is no external port',
    objects: [vpc('zz', { enableBfd: true })],
    expected: { code: 'bfd-idle', severity: 'warning', object: { kind: 'Vpc', name: 'zz' } },
  },
  {
    what: 'a subnet is to leave by several next hops that nobody watches',
    objects: [subnet('zz', { vpc: 'vpc1', cidrBlock: '172.16.0.0/24', enableEcmp: true })],
    expected: {
      code: 'ecmp-idle',
      object: { kind: 'Subnet', name: 'zz' },
      message: 'spec.enableEcmp does nothing while vpc/vpc1 does not watch its next hops',
    },
  },
  {
    what: 'a subnet is to leave by several next hops and there is one',
    objects: [
      routed({ enableBfd: true }),
      subnet('zz', { vpc: 'vpc1', cidrBlock: '172.16.0.0/24', enableEcmp: true }),
      eip('n1', { externalSubnet: 'external0', type: 'lsp' }),
    ],
    expected: {
      code: 'ecmp-idle',
      object: { kind: 'Subnet', name: 'zz' },
      message: 'subnet/zz is to leave by several next hops, and there is one',
    },
  },
  {
    what: 'the ConfigMap names a node that does not exist',
    objects: [gatewayConfig({ 'external-gw-nodes': 'vnode-103-177, nope' })],
    expected: {
      code: 'reference-not-found',
      object: { kind: 'ConfigMap', namespace: 'kube-system', name: 'ovn-external-gw-config' },
      field: 'data.external-gw-nodes',
      message: 'node/nope does not exist',
    },
  },
  {
    what: 'the ConfigMap has typographic quotes',
    objects: [gatewayConfig({ 'external-gw-nodes': '“vnode-103-177”' })],
    expected: {
      code: 'config-invalid',
      field: 'data.external-gw-nodes',
      message: '“vnode-103-177” has quotation marks in it',
    },
  },
  {
    what: 'the ConfigMap has another type',
    objects: [gatewayConfig({ type: 'central' })],
    expected: { code: 'config-invalid', field: 'data.type' },
  },
  {
    what: 'the ConfigMap has a next hop that is no address',
    objects: [gatewayConfig({ 'external-gw-addr': '10.8.0' })],
    expected: { code: 'config-invalid', field: 'data.external-gw-addr', message: '10.8.0 is no address' },
  },
  {
    what: 'the ConfigMap and the external subnet disagree',
    objects: [gatewayConfig({ 'external-gw-addr': '10.77.0.1/24' })],
    expected: {
      code: 'config-invalid',
      field: 'data.external-gw-addr',
      message: '10.77.0.1 is not in 10.9.101.0/24 of subnet/external0',
    },
  },
  {
    what: "the ConfigMap asks for the gateway's own address",
    objects: [gatewayConfig({ 'nic-ip': '10.9.101.1/24' })],
    expected: {
      code: 'config-invalid',
      field: 'data.nic-ip',
      message: '10.9.101.1 cannot be the address of a router on subnet/external0',
    },
  },
  {
    what: 'the ConfigMap has a MAC address of many',
    objects: [gatewayConfig({ 'nic-mac': '01:00:5e:00:00:01' })],
    expected: { code: 'config-invalid', field: 'data.nic-mac' },
  },
  {
    what: 'the ConfigMap is switched off, it seems',
    objects: [gatewayConfig({ 'enable-external-gw': 'False' })],
    expected: {
      code: 'config-invalid',
      severity: 'warning',
      field: 'data.enable-external-gw',
      message: 'False sets the gateway up, as everything but false does',
    },
  },
  {
    what: 'the ConfigMap has two types',
    objects: [gatewayConfig({ type: 'distributed,centralized' })],
    expected: {
      code: 'config-invalid',
      severity: 'warning',
      field: 'data.type',
      message: 'centralized does not count beside distributed',
    },
  },
  {
    what: 'the ConfigMap has two next hops of a family',
    objects: [gatewayConfig({ 'external-gw-addr': '10.9.101.1/24,10.9.101.2' })],
    expected: {
      code: 'config-invalid',
      severity: 'warning',
      field: 'data.external-gw-addr',
      message: '10.9.101.2 does not count beside 10.9.101.1',
    },
  },
];
