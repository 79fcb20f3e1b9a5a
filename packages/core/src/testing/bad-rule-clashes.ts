import type { BadCase } from './bad-case.ts';
import { dnat, eip, fip, ip, pod, snat, subnet, vlan, vpc } from './resources.ts';

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

/** Rules that do not fit together: each would do alone. */
export const badRuleClashes: readonly BadCase[] = [
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
    what: 'a workload has two floating IPs',
    objects: [extra, fip('zz', { ovnEip: 'extra', ipName: 'web.default' })],
    expected: {
      code: 'fip-ambiguous',
      object: { kind: 'OvnFip', name: 'web' },
      field: 'spec.ipName',
      message:
        '192.168.0.4 has the floating IPs 10.9.101.9 and 10.9.101.99: it leaves with any of them since ovn-fip/zz came',
    },
    also: [
      {
        ...{ code: 'fip-ambiguous', object: { kind: 'OvnFip', name: 'zz' }, field: 'spec.ipName' },
        message:
          '192.168.0.4, to which ovn-fip/web led already, has the floating IPs 10.9.101.9 and 10.9.101.99: it leaves with any of them',
      },
    ],
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
