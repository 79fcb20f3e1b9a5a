import type { BadCase } from './bad-case.ts';
import { dnat, eip, fip, pod, snat, vip, vpc } from './resources.ts';

const extra = eip('extra', { externalSubnet: 'external0', v4Ip: '10.9.101.99' });

/** Rules that do not fit what they name: an EIP, a workload, a network. */
export const badRuleTargets: readonly BadCase[] = [
  {
    what: 'an EIP is of a router port that no router has',
    objects: [
      eip('zz', { externalSubnet: 'external0', type: 'lrp' }),
      snat('zz', { ovnEip: 'zz', vpcSubnet: 'vpc1-subnet1' }),
    ],
    expected: { code: 'eip-unusable', object: { kind: 'OvnSnatRule', name: 'zz' } },
  },
  {
    what: 'a namespace uses an EIP that is granted to others',
    objects: [
      eip(
        'zz',
        { externalSubnet: 'external0' },
        { annotations: { 'berth.dev/allowed-namespaces': 'shop, bank' } },
      ),
      fip('zz', { ovnEip: 'zz', ipName: 'web.default' }),
    ],
    expected: {
      code: 'eip-not-granted',
      object: { kind: 'OvnFip', name: 'zz' },
      field: 'spec.ipName',
      message: 'ovn-eip/zz is granted to shop and bank, and web.default is in namespace default',
      related: [{ kind: 'OvnEip', name: 'zz' }],
    },
  },
  {
    what: "a distributed floating IP is on the router's own address",
    objects: [
      pod('zz', { subnet: 'vpc1-subnet1', node: 'vnode-103-176' }),
      fip('zz', { ovnEip: 'vpc1-external0', ipName: 'zz.default' }),
    ],
    expected: {
      code: 'cannot-distribute',
      object: { kind: 'OvnFip', name: 'zz' },
      message:
        "ovn-eip/vpc1-external0 is the router's own address, which lives on the gateway, so the floating IP is centralized",
    },
  },
  {
    what: 'a floating IP to a Vip is to be distributed',
    objects: [
      extra,
      vip('zz', { subnet: 'vpc1-subnet1' }),
      fip('zz', { ovnEip: 'extra', ipType: 'vip', ipName: 'zz' }),
    ],
    expected: {
      code: 'cannot-distribute',
      object: { kind: 'OvnFip', name: 'zz' },
      message: 'the target is a Vip, which has no port of its own, so the floating IP is centralized',
    },
  },
  {
    what: 'a rule names no Vip that exists',
    objects: [extra, dnat('zz', { ovnEip: 'extra', ipType: 'vip', ipName: 'nope' })],
    expected: { code: 'reference-not-found', field: 'spec.ipName', message: 'vip/nope does not exist' },
  },
  {
    what: 'a Vip names no subnet that exists',
    objects: [vip('zz', { subnet: 'nope' })],
    expected: {
      code: 'reference-not-found',
      object: { kind: 'Vip', name: 'zz' },
      field: 'spec.subnet',
      message: 'subnet/nope does not exist',
    },
  },
  {
    what: 'a Vip asks for an address that is taken',
    objects: [vip('zz', { subnet: 'vpc1-subnet1', v4ip: '192.168.0.4' })],
    expected: {
      code: 'address-taken',
      object: { kind: 'Vip', name: 'zz' },
      field: 'spec.v4ip',
      message: '192.168.0.4 is taken by pod/default/web',
    },
  },
  {
    what: 'a rule leads to an address on an external subnet',
    objects: [
      extra,
      vip('zz', { subnet: 'external0' }),
      dnat('zz', { ovnEip: 'extra', ipType: 'vip', ipName: 'zz' }),
    ],
    expected: {
      code: 'target-outside-vpc',
      object: { kind: 'OvnDnatRule', name: 'zz' },
      field: 'spec.ipName',
      message: 'vip/zz is on subnet/external0, which is external, so it is in no VPC',
    },
  },
  {
    what: 'a floating IP leads to the address of a router',
    objects: [extra, fip('zz', { ovnEip: 'extra', vpc: 'vpc1', v4Ip: '192.168.0.1' })],
    expected: {
      code: 'address-invalid',
      object: { kind: 'OvnFip', name: 'zz' },
      field: 'spec.v4Ip',
      message: '192.168.0.1 is the gateway of subnet/vpc1-subnet1',
    },
  },
  {
    what: 'a port is forwarded to an address that no host can have',
    objects: [extra, dnat('zz', { ovnEip: 'extra', vpc: 'vpc1', v4Ip: '192.168.0.255' })],
    expected: {
      code: 'address-invalid',
      object: { kind: 'OvnDnatRule', name: 'zz' },
      field: 'spec.v4Ip',
      message: '192.168.0.255 is not an address a host of 192.168.0.0/24 can have',
    },
  },
  {
    what: 'the traffic of a network that is written without its length is to be translated',
    objects: [extra, snat('zz', { ovnEip: 'extra', vpc: 'vpc1', v4IpCidr: '192.168.0.0' })],
    expected: {
      code: 'address-invalid',
      object: { kind: 'OvnSnatRule', name: 'zz' },
      field: 'spec.v4IpCidr',
      message: '192.168.0.0 is not an address a host of 192.168.0.0/24 can have',
    },
  },
  {
    what: 'the traffic of an external subnet is to be translated',
    objects: [extra, snat('zz', { ovnEip: 'extra', vpcSubnet: 'external0' })],
    expected: {
      code: 'target-outside-vpc',
      field: 'spec.vpcSubnet',
      message: 'subnet/external0 is external, so it is in no VPC',
    },
  },
  {
    what: 'a floating IP names a workload and the address of another',
    objects: [extra, fip('zz', { ovnEip: 'extra', ipName: 'web.default', v4Ip: '192.168.0.40' })],
    expected: {
      code: 'address-mismatch',
      object: { kind: 'OvnFip', name: 'zz' },
      field: 'spec.v4Ip',
      message: 'spec.v4Ip is 192.168.0.40, and web.default has 192.168.0.4',
      related: [{ kind: 'IP', name: 'web.default' }],
    },
  },
  {
    what: 'a rule names a Vip and an address of a family that the Vip has not',
    objects: [
      extra,
      vip('zz', { subnet: 'vpc1-subnet1', v4ip: '192.168.0.41' }),
      dnat('zz', { ovnEip: 'extra', ipType: 'vip', ipName: 'zz', v4Ip: '192.168.0.41', v6Ip: 'fd00::41' }),
    ],
    expected: {
      code: 'address-mismatch',
      object: { kind: 'OvnDnatRule', name: 'zz' },
      field: 'spec.v6Ip',
      message: 'spec.v6Ip is fd00::41, and zz has 192.168.0.41',
      related: [{ kind: 'Vip', name: 'zz' }],
    },
  },
  {
    what: 'a floating IP says another VPC than its pod is in',
    objects: [
      vpc('other'),
      extra,
      pod('zz', { subnet: 'vpc1-subnet1', node: 'vnode-103-176' }),
      fip('zz', { ovnEip: 'extra', ipName: 'zz.default', vpc: 'other' }),
    ],
    expected: {
      code: 'vpc-mismatch',
      object: { kind: 'OvnFip', name: 'zz' },
      field: 'spec.vpc',
      message: 'spec.vpc is other, and zz.default is in vpc/vpc1',
    },
  },
  {
    what: 'an SNAT rule names no subnet that exists',
    objects: [extra, snat('zz', { ovnEip: 'extra', vpcSubnet: 'nope' })],
    expected: { code: 'reference-not-found', field: 'spec.vpcSubnet', message: 'subnet/nope does not exist' },
  },
  {
    what: 'an SNAT rule names no VPC that exists',
    objects: [extra, snat('zz', { ovnEip: 'extra', vpc: 'nope', v4IpCidr: '10.0.0.0/8' })],
    expected: { code: 'reference-not-found', field: 'spec.vpc', message: 'vpc/nope does not exist' },
  },
  {
    what: 'an SNAT rule has a network of another family than its EIP',
    objects: [extra, snat('zz', { ovnEip: 'extra', vpc: 'vpc1', v6IpCidr: 'fd00::/64' })],
    expected: {
      code: 'family-mismatch',
      object: { kind: 'OvnSnatRule', name: 'zz' },
      field: 'spec.v6IpCidr',
      message: 'ovn-eip/extra has 10.9.101.99 and the target has only fd00::/64',
    },
  },
  {
    what: 'a DNAT rule has a target of another family than its EIP',
    objects: [extra, dnat('zz', { ovnEip: 'extra', vpc: 'vpc1', v6Ip: 'fd00::9' })],
    expected: { code: 'family-mismatch', object: { kind: 'OvnDnatRule', name: 'zz' }, field: 'spec.v6Ip' },
  },
];
