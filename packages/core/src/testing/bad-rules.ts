import type { BadCase } from './bad-case.ts';
import { dnat, eip, fip, ip, pod, snat, subnet, vip, vlan, vpc } from './resources.ts';

const extra = eip('extra', { externalSubnet: 'external0', v4Ip: '10.9.101.99' });
const early = { creationTimestamp: '2026-01-01T00:00:00Z' };

/** A second VPC on external0, with a pod of its own. */
const otherVpc = [
  vpc('other', { enableExternal: true, extraExternalSubnets: ['external0'] }),
  subnet('other-s', { vpc: 'other', cidrBlock: '192.168.0.0/24' }),
  pod('other', { subnet: 'other-s', node: 'vnode-103-176' }),
];

/** vpc1 on a second external subnet. */
const second = [
  vlan('second', { provider: 'external0', id: 7 }),
  subnet('second', { vlan: 'second', cidrBlock: '10.7.0.0/24' }),
];
const onBoth = {
  enableExternal: true,
  extraExternalSubnets: ['external0', 'second'],
  staticRoutes: [{ cidr: '0.0.0.0/0', nextHopIP: '10.9.101.1' }],
};
const oneGateway = 'OVN forwards ports only on a router with one gateway port';

/** Rules that do not fit together, or not with what they name. */
export const badRules: readonly BadCase[] = [
  {
    what: 'one EIP is used from two VPCs',
    objects: [...otherVpc, dnat('zz', { ovnEip: 'web', ipName: 'other.default' })],
    expected: {
      code: 'eip-other-vpc',
      object: { kind: 'OvnDnatRule', name: 'zz' },
      field: 'spec.ovnEip',
      message: 'ovn-eip/web serves ovn-fip/web in vpc/vpc1, and this rule is for vpc/other',
    },
    rest: false,
  },
  {
    what: "a VPC uses another VPC's own address",
    objects: [...otherVpc, snat('zz', { ovnEip: 'vpc1-external0', vpcSubnet: 'other-s' })],
    expected: {
      code: 'eip-other-vpc',
      object: { kind: 'OvnSnatRule', name: 'zz' },
      message: 'ovn-eip/vpc1-external0 is a port of vpc/vpc1, and this rule is for vpc/other',
    },
  },
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
    what: 'two rules forward one port of one EIP',
    objects: [
      extra,
      dnat('first', { ovnEip: 'extra', vpc: 'vpc1', v4Ip: '192.168.0.50' }, early),
      dnat('aa', { ovnEip: 'extra', vpc: 'vpc1', v4Ip: '192.168.0.51' }),
    ],
    expected: {
      code: 'port-taken',
      object: { kind: 'OvnDnatRule', name: 'aa' },
      field: 'spec.externalPort',
      message: 'tcp port 80 of ovn-eip/extra is forwarded by ovn-dnat-rule/first already',
      related: [
        { kind: 'OvnDnatRule', name: 'first' },
        { kind: 'OvnEip', name: 'extra' },
      ],
    },
  },
  {
    what: 'the workload of a distributed floating IP is behind a port forward',
    objects: [extra, dnat('zz', { ovnEip: 'extra', ipName: 'web.default' })],
    expected: {
      code: 'cannot-distribute',
      object: { kind: 'OvnFip', name: 'web' },
      field: 'spec.ipName',
      message: 'ovn-dnat-rule/zz leads to the same workload, so the floating IP is centralized',
    },
    rest: false,
  },
  {
    what: 'a distributed floating IP shares its EIP',
    objects: [snat('zz', { ovnEip: 'web', vpcSubnet: 'vpc1-subnet1' })],
    expected: {
      code: 'cannot-distribute',
      field: 'spec.ovnEip',
      message: 'ovn-eip/web is shared with ovn-snat-rule/zz, so the floating IP is centralized',
    },
    rest: false,
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
    what: 'the traffic of an external subnet is to be translated',
    objects: [extra, snat('zz', { ovnEip: 'extra', vpcSubnet: 'external0' })],
    expected: {
      code: 'target-outside-vpc',
      field: 'spec.vpcSubnet',
      message: 'subnet/external0 is external, so it is in no VPC',
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
    what: 'one network is translated twice',
    objects: [
      extra,
      snat('first', { ovnEip: 'extra', vpcSubnet: 'vpc1-subnet1' }, early),
      snat('aa', { ovnEip: 'vpc1-external0', vpc: 'vpc1', v4IpCidr: '192.168.0.0/24' }),
    ],
    expected: {
      code: 'snat-overlap',
      object: { kind: 'OvnSnatRule', name: 'aa' },
      field: 'spec.v4IpCidr',
      message: '192.168.0.0/24 is translated by ovn-snat-rule/first already',
    },
  },
  {
    what: 'one translated network is part of another',
    objects: [
      extra,
      snat('first', { ovnEip: 'extra', ipName: 'db.default' }, early),
      ip('db.default', { subnet: 'vpc1-subnet1', v4IpAddress: '192.168.0.9' }),
      snat('aa', { ovnEip: 'vpc1-external0', vpcSubnet: 'vpc1-subnet1' }),
    ],
    expected: {
      code: 'snat-overlap',
      severity: 'info',
      object: { kind: 'OvnSnatRule', name: 'first' },
      field: 'spec.ipName',
      message:
        '192.168.0.9 is part of 192.168.0.0/24, which ovn-snat-rule/aa translates: for 192.168.0.9 this rule wins',
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
  {
    what: 'a VPC with a DNAT rule is to be attached to a second external subnet',
    objects: [
      ...second,
      vpc('vpc1', onBoth),
      extra,
      dnat('zz', { ovnEip: 'extra', vpc: 'vpc1', v4Ip: '192.168.0.50' }),
    ],
    expected: {
      code: 'dnat-several-gateways',
      object: { kind: 'Vpc', name: 'vpc1' },
      field: 'spec.extraExternalSubnets[1]',
      message: `subnet/second is not attached: ${oneGateway}, and this one has ovn-dnat-rule/zz`,
    },
    also: [
      {
        code: 'dnat-several-gateways',
        severity: 'warning',
        object: { kind: 'OvnDnatRule', name: 'zz' },
        message: `keeps vpc/vpc1 from being attached to subnet/second: ${oneGateway}`,
      },
    ],
  },
  {
    what: 'a second external subnet comes to a VPC whose DNAT rules it may stop',
    objects: [
      ...second,
      vpc('vpc1', onBoth, { annotations: { 'berth.dev/allow-dnat-stop': 'true' } }),
      extra,
      dnat('zz', { ovnEip: 'extra', vpc: 'vpc1', v4Ip: '192.168.0.50' }),
    ],
    expected: {
      code: 'dnat-several-gateways',
      object: { kind: 'OvnDnatRule', name: 'zz' },
      field: 'spec.ovnEip',
      message: `vpc/vpc1 is attached to subnet/external0 and subnet/second, and ${oneGateway}`,
    },
    also: [{ code: 'dnat-several-gateways', severity: 'warning', object: { kind: 'Vpc', name: 'vpc1' } }],
    rest: false,
  },
  {
    what: 'a DNAT rule comes to a VPC on two external subnets',
    objects: [
      ...second,
      {
        ...vpc('vpc1', onBoth),
        status: { enableExternal: true, extraExternalSubnets: ['external0', 'second'] },
      },
      extra,
      dnat('zz', { ovnEip: 'extra', vpc: 'vpc1', v4Ip: '192.168.0.50' }),
    ],
    expected: {
      code: 'dnat-several-gateways',
      object: { kind: 'OvnDnatRule', name: 'zz' },
      field: 'spec.ovnEip',
      message: `vpc/vpc1 is attached to subnet/external0 and subnet/second, and ${oneGateway}`,
    },
    also: [{ code: 'dnat-several-gateways', severity: 'warning', object: { kind: 'Vpc', name: 'vpc1' } }],
    rest: false,
  },
];
