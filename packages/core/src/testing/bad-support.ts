import type { Resource, Subnet } from '@berth/api';
import type { BadCase } from './bad-case.ts';
import { ip, subnet, vip, vlan, vpc } from './resources.ts';

/** An object with a field that does nothing, and the one finding it must be. */
const idle = (field: string, object: Resource): BadCase => ({
  what: `${object.kind} has ${field}`,
  objects: [object],
  expected: {
    code: 'not-supported',
    object: { kind: object.kind, name: object.metadata.name },
    field: `spec.${field}`,
    message: `spec.${field} has no effect`,
    cure: 'remove it; Berth does not do this yet',
  },
});

const spec = { vpc: 'vpc1', cidrBlock: '172.30.0.0/24' };

const subnetFields: Partial<Subnet['spec']> = {
  provider: 'net1.default.ovn',
  gatewayType: 'centralized',
  gatewayNode: 'vnode-103-177',
  gatewayNodeSelectors: [{ matchLabels: { a: 'b' } }],
  natOutgoing: true,
  natOutgoingPolicyRules: [{ match: { srcIPs: '10.0.0.1' }, action: 'nat' }],
  externalEgressGateway: '10.0.0.1',
  policyRoutingPriority: 1,
  policyRoutingTableID: 1,
  private: true,
  vips: ['172.30.0.9'],
  logicalGateway: true,
  enableDHCP: true,
  dhcpV4Options: 'lease_time=3600',
  dhcpV6Options: 'server_id=00:00:00:00:00:01',
  enableIPv6RA: true,
  ipv6RAConfigs: 'address_mode=slaac',
  acls: [{ direction: 'to-lport', priority: 1, match: 'ip4', action: 'drop' }],
  allowEWTraffic: true,
  u2oInterconnection: true,
  u2oInterconnectionIP: '172.30.0.8',
  u2oFeatures: { overlayOnlyRouting: true },
  enableMulticastSnoop: true,
  enableExternalLBAddress: true,
  routeTable: 't1',
  namespaceSelectors: [{ matchLabels: { a: 'b' } }],
  nodeNetwork: 'n',
};

/** Fields that are read and ask for something that is not done. */
export const badSupport: readonly BadCase[] = [
  ...Object.entries(subnetFields).map(([field, value]) =>
    idle(field, subnet('zz', { ...spec, [field]: value })),
  ),
  idle('vpcPeerings', vpc('zz', { vpcPeerings: [{ remoteVpc: 'vpc1' }] })),
  idle('bfdPort', vpc('zz', { bfdPort: { enabled: true } })),
  idle('defaultSubnet', vpc('zz', { defaultSubnet: 's' })),
  idle('namespaces', vpc('zz', { namespaces: ['default'] })),
  idle('type', vip('zz', { subnet: 'vpc1-subnet1', type: 'switch_lb_vip' })),
  idle('selector', vip('zz', { subnet: 'vpc1-subnet1', selector: ['app:web'] })),
  idle('attachSubnets', ip('zz', { subnet: 'vpc1-subnet1', attachSubnets: ['s'] })),
  {
    what: 'a private subnet lets some in',
    objects: [subnet('zz', { ...spec, private: true, allowSubnets: ['10.0.0.0/8'] })],
    expected: { code: 'not-supported', field: 'spec.allowSubnets' },
    also: [{ code: 'not-supported', field: 'spec.private' }],
  },
  {
    what: 'a VLAN has its id in the old field',
    objects: [vlan('zz', { provider: 'external0', vlanId: 7 })],
    expected: {
      code: 'not-supported',
      object: { kind: 'Vlan', name: 'zz' },
      field: 'spec.vlanId',
      cure: 'use spec.id instead',
    },
  },
  {
    what: 'external subnets are named without spec.enableExternal',
    objects: [vpc('zz', { extraExternalSubnets: ['external0'] })],
    expected: {
      code: 'external-idle',
      object: { kind: 'Vpc', name: 'zz' },
      field: 'spec.extraExternalSubnets',
      message: 'vpc/zz is not attached to external0: spec.enableExternal is not set',
    },
  },
  {
    what: 'two Vlans stand for the same frames',
    objects: [
      vlan('second', { provider: 'external0', id: 7 }),
      vlan('old', { provider: 'external0', id: 7 }, { creationTimestamp: '2026-01-01T00:00:00Z' }),
    ],
    expected: {
      code: 'vlan-shared',
      object: { kind: 'Vlan', name: 'second' },
      field: 'spec.id',
      message: 'VLAN 7 of provider-network/external0 is vlan/old already',
      related: [{ kind: 'Vlan', name: 'old' }],
    },
  },
];
