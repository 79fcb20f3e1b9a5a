import type { Resource } from '@berth/api';
import {
  dnat,
  eip,
  fip,
  gatewayNode,
  node,
  pod,
  providerNetwork,
  snat,
  subnet,
  vlan,
  vpc,
} from './resources.ts';
import { fabricWith } from './settle.ts';

/** The objects of `examples/01-field-story`. */
export const fieldStory: readonly Resource[] = [
  node('vnode-103-176'),
  gatewayNode('vnode-103-177'),
  gatewayNode('vnode-117-46'),
  providerNetwork('external0'),
  vlan('external0', { id: 0 }),
  subnet('external0', {
    protocol: 'IPv4',
    cidrBlock: '10.9.101.0/24',
    gateway: '10.9.101.1',
    vlan: 'external0',
    excludeIps: ['10.9.101.1..10.9.101.8'],
  }),
  vpc('vpc1', { enableExternal: true, extraExternalSubnets: ['external0'] }),
  subnet('vpc1-subnet1', {
    vpc: 'vpc1',
    protocol: 'IPv4',
    cidrBlock: '192.168.0.0/24',
    gateway: '192.168.0.1',
  }),
  pod('web', { subnet: 'vpc1-subnet1', ips: '192.168.0.4', node: 'vnode-103-176' }),
  eip('web', { externalSubnet: 'external0', v4Ip: '10.9.101.9', type: 'nat' }),
  fip('web', { ovnEip: 'web', ipName: 'web.default' }),
];

const bridge = 'external0:br-external0';

/** Its three nodes are up with their bridges, the pod's port is claimed, and vnode-117-46 is the active gateway. */
export const fieldFabric = fabricWith(
  { 'vnode-103-176': bridge, 'vnode-103-177': bridge, 'vnode-117-46': bridge },
  { 'web.default': 'vnode-103-176', 'cr-vpc1-external0': 'vnode-117-46' },
);

/** Rules of each kind that the gateway answers for: 10.9.101.9 centralized, SNAT from .20, DNAT to .21. */
export const gatewayRules: readonly Resource[] = [
  fip('web', { ovnEip: 'web', ipName: 'web.default', type: 'centralized' }),
  eip('out', { externalSubnet: 'external0', v4Ip: '10.9.101.20' }),
  eip('in', { externalSubnet: 'external0', v4Ip: '10.9.101.21' }),
  snat('out', { ovnEip: 'out', vpcSubnet: 'vpc1-subnet1' }),
  dnat('in', {
    ovnEip: 'in',
    ipName: 'web.default',
    protocol: 'tcp',
    internalPort: '80',
    externalPort: '80',
  }),
];

/** The field story with some objects in place of those of the same kind and name, or beside them. */
export function fieldStoryWith(...others: readonly Resource[]): readonly Resource[] {
  const key = ({ kind, metadata }: Resource): string =>
    `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
  const replaced = new Set(others.map(key));
  return [...fieldStory.filter((each) => !replaced.has(key(each))), ...others];
}
