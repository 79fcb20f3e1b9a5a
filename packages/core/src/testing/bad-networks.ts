import type { BadCase } from './bad-case.ts';
import { eip, fip, gatewayNode, node, pod, subnet, vlan, vpc } from './resources.ts';
import { fabricWith } from './settle.ts';

const bridge = 'external0:br-external0';

/** Addresses, networks, gateways and nodes that do not fit. */
export const badNetworks: readonly BadCase[] = [
  {
    what: 'two ports would have one name',
    objects: [
      vpc('zz', {}),
      vpc('zz-a', {}),
      subnet('a-b', { vpc: 'zz', cidrBlock: '172.30.1.0/24' }, { creationTimestamp: '2026-01-01T00:00:00Z' }),
      subnet('b', { vpc: 'zz-a', cidrBlock: '172.30.2.0/24' }),
    ],
    expected: {
      code: 'name-taken',
      object: { kind: 'Subnet', name: 'b' },
      field: 'metadata.name',
      message: 'the router port zz-a-b is there for subnet/a-b already',
      related: [{ kind: 'Subnet', name: 'a-b' }],
    },
  },
  {
    what: 'an older subnet of a VPC overlaps',
    objects: [
      subnet(
        'second',
        { vpc: 'vpc1', cidrBlock: '192.168.0.128/25' },
        { creationTimestamp: '2026-01-01T00:00:00Z' },
      ),
    ],
    expected: {
      code: 'cidr-overlap',
      object: { kind: 'Subnet', name: 'vpc1-subnet1' },
      field: 'spec.cidrBlock',
      message: '192.168.0.0/24 overlaps 192.168.0.128/25 of subnet/second',
    },
    rest: false,
  },
  {
    what: 'a younger subnet of a VPC overlaps',
    objects: [subnet('zz', { vpc: 'vpc1', cidrBlock: '192.168.0.128/25' })],
    expected: {
      code: 'cidr-overlap',
      object: { kind: 'Subnet', name: 'zz' },
      field: 'spec.cidrBlock',
      message: '192.168.0.128/25 overlaps 192.168.0.0/24 of subnet/vpc1-subnet1',
      related: [{ kind: 'Subnet', name: 'vpc1-subnet1' }],
    },
  },
  {
    what: 'two external subnets on one VLAN overlap',
    objects: [subnet('zz', { vlan: 'external0', cidrBlock: '10.9.0.0/16' })],
    expected: { code: 'cidr-overlap', object: { kind: 'Subnet', name: 'zz' } },
  },
  {
    what: 'a VPC is attached to a subnet that overlaps one of its own',
    objects: [
      subnet('own', { vpc: 'other', cidrBlock: '10.9.101.0/25' }),
      vpc('other', { enableExternal: true, extraExternalSubnets: ['external0'] }),
    ],
    expected: {
      code: 'cidr-overlap',
      object: { kind: 'Vpc', name: 'other' },
      field: 'spec.extraExternalSubnets[0]',
      message: 'subnet/external0 overlaps subnet/own of the same VPC',
    },
  },
  {
    what: 'an EIP asks for an address of another network',
    objects: [eip('far', { externalSubnet: 'external0', v4Ip: '10.9.102.9' })],
    expected: {
      code: 'address-outside-subnet',
      object: { kind: 'OvnEip', name: 'far' },
      field: 'spec.v4Ip',
      message: '10.9.102.9 is not in 10.9.101.0/24 of subnet/external0',
      cure: 'choose an address of 10.9.101.0/24, or leave the field out',
    },
  },
  {
    what: 'an EIP asks for the gateway',
    objects: [eip('gw', { externalSubnet: 'external0', v4Ip: '10.9.101.1' })],
    expected: {
      code: 'address-invalid',
      object: { kind: 'OvnEip', name: 'gw' },
      field: 'spec.v4Ip',
      message: '10.9.101.1 is the gateway of subnet/external0',
    },
  },
  {
    what: 'an EIP asks for an address that is taken',
    objects: [eip('zz', { externalSubnet: 'external0', v4Ip: '10.9.101.9' })],
    expected: {
      code: 'address-taken',
      object: { kind: 'OvnEip', name: 'zz' },
      field: 'spec.v4Ip',
      message: '10.9.101.9 is taken by ovn-eip/web',
      related: [{ kind: 'OvnEip', name: 'web' }],
    },
  },
  {
    what: 'a pod asks for an address that is taken',
    objects: [pod('zz', { subnet: 'vpc1-subnet1', ips: '192.168.0.4', node: 'vnode-103-176' })],
    expected: {
      code: 'address-taken',
      object: { kind: 'Pod', namespace: 'default', name: 'zz' },
      field: "metadata.annotations['ovn.kubernetes.io/ip_address']",
      message: '192.168.0.4 is taken by pod/default/web',
    },
  },
  {
    what: 'the EIP and the target share no address family',
    objects: [
      subnet('six', { vpc: 'vpc1', cidrBlock: 'fd00::/64' }),
      pod('zz', { subnet: 'six', node: 'vnode-103-176' }),
      eip('zz', { externalSubnet: 'external0' }),
      fip('zz', { ovnEip: 'zz', ipName: 'zz.default' }),
    ],
    expected: {
      code: 'family-mismatch',
      object: { kind: 'OvnFip', name: 'zz' },
      field: 'spec.ipName',
      message: 'ovn-eip/zz has 10.9.101.10 and the target zz.default has only fd00::2',
    },
  },
  {
    what: 'an address without a port is to be distributed',
    objects: [
      eip('zz', { externalSubnet: 'external0' }),
      fip('zz', { ovnEip: 'zz', vpc: 'vpc1', v4Ip: '192.168.0.77', type: 'distributed' }),
    ],
    expected: { code: 'cannot-distribute', severity: 'warning', object: { kind: 'OvnFip', name: 'zz' } },
  },
  {
    what: 'no node is a gateway',
    objects: [node('vnode-103-177'), node('vnode-117-46')],
    expected: {
      code: 'no-gateway',
      object: { kind: 'Vpc', name: 'vpc1' },
      field: 'spec.enableExternal',
      message:
        'no node can carry external traffic of vpc/vpc1 to subnet/external0: only distributed floating IPs work',
    },
  },
  {
    what: 'a gateway node is not part of the OVN',
    objects: [gatewayNode('zz')],
    expected: { code: 'gateway-without-chassis', severity: 'warning', object: { kind: 'Node', name: 'zz' } },
  },
  {
    what: 'a gateway node has no bridge',
    objects: [gatewayNode('vnode-103-177')],
    fabric: fabricWith({ 'vnode-103-176': bridge, 'vnode-103-177': '', 'vnode-117-46': bridge }),
    expected: {
      code: 'no-bridge-mapping',
      severity: 'warning',
      object: { kind: 'Node', name: 'vnode-103-177' },
      message: 'gateway node vnode-103-177 has no bridge for network external0, so it cannot be a gateway',
    },
  },
  {
    what: 'a pool is full',
    objects: [
      vlan('small', { provider: 'external0', id: 7 }),
      subnet('small', { vlan: 'small', cidrBlock: '10.7.0.0/30' }),
      eip('small1', { externalSubnet: 'small' }),
      eip('small2', { externalSubnet: 'small' }),
    ],
    expected: {
      code: 'pool-full',
      object: { kind: 'OvnEip', name: 'small2' },
      message: 'subnet/small has no free address left in 10.7.0.0/30',
    },
  },
  {
    what: 'no node fits a pod',
    objects: [pod('zz', { subnet: 'vpc1-subnet1', nodeSelector: { disk: 'fast' } })],
    expected: {
      code: 'pod-unplaceable',
      field: 'spec.nodeSelector',
      message: 'no schedulable node has disk=fast',
    },
  },
  {
    what: 'an object that is being deleted is used',
    objects: [
      eip(
        'web',
        { externalSubnet: 'external0', v4Ip: '10.9.101.9' },
        { deletionTimestamp: '2026-01-01T00:00:00Z' },
      ),
    ],
    expected: { code: 'in-use', severity: 'warning', object: { kind: 'OvnEip', name: 'web' } },
    rest: false,
  },
];
