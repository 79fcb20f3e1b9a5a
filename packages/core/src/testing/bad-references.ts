import { controllerFinalizer } from '@berth/api';
import type { BadCase } from './bad-case.ts';
import { dnat, eip, fip, ip, namespace, pod, subnet, vlan, vpc } from './resources.ts';

const onWeb = { ovnEip: 'web', ipName: 'web.default' };

/** Objects that refer to nothing, or to what cannot serve them. */
export const badReferences: readonly BadCase[] = [
  {
    what: 'a second floating IP uses an EIP',
    objects: [fip('zz', onWeb)],
    expected: {
      code: 'fip-duplicate',
      object: { kind: 'OvnFip', name: 'zz' },
      field: 'spec.ovnEip',
      message: 'ovn-eip/web already serves ovn-fip/web',
    },
  },
  {
    what: 'an EIP of a node carries a floating IP',
    objects: [
      eip('bfd', { externalSubnet: 'external0', type: 'lsp' }),
      fip('zz', { ...onWeb, ovnEip: 'bfd' }),
    ],
    expected: { code: 'eip-unusable', object: { kind: 'OvnFip', name: 'zz' }, field: 'spec.ovnEip' },
  },
  {
    what: 'a floating IP names no EIP that exists',
    objects: [fip('zz', { ...onWeb, ovnEip: 'nope' })],
    expected: {
      code: 'reference-not-found',
      object: { kind: 'OvnFip', name: 'zz' },
      field: 'spec.ovnEip',
      message: 'ovn-eip/nope does not exist',
      cure: 'create ovn-eip/nope, or correct spec.ovnEip',
    },
  },
  {
    what: 'a rule comes to an EIP that is being deleted',
    objects: [
      eip(
        'web',
        { externalSubnet: 'external0', v4Ip: '10.9.101.9' },
        { deletionTimestamp: '2026-01-02T00:00:00Z', finalizers: [controllerFinalizer] },
      ),
      dnat('zz', onWeb, { creationTimestamp: '2026-01-02T00:00:01Z' }),
    ],
    expected: {
      code: 'reference-terminating',
      object: { kind: 'OvnDnatRule', name: 'zz' },
      field: 'spec.ovnEip',
      message: 'ovn-eip/web is being deleted, so it takes no new users',
      related: [{ kind: 'OvnEip', name: 'web' }],
    },
    also: [
      {
        code: 'in-use',
        object: { kind: 'OvnEip', name: 'web' },
        message: 'ovn-eip/web is being deleted but is used by ovn-fip/web',
      },
    ],
  },
  {
    what: 'a floating IP names no target that exists',
    objects: [
      eip('zz', { externalSubnet: 'external0' }),
      fip('zz', { ovnEip: 'zz', ipName: 'nope.default' }),
    ],
    expected: {
      code: 'reference-not-found',
      field: 'spec.ipName',
      message: 'ip/nope.default does not exist',
      cure: 'make pod/default/nope, which gets ip/nope.default, or correct spec.ipName',
    },
  },
  {
    what: 'a floating IP names no VPC that exists',
    objects: [
      eip('zz', { externalSubnet: 'external0' }),
      fip('zz', { ovnEip: 'zz', vpc: 'nope', v4Ip: '192.168.0.5' }),
    ],
    expected: { code: 'reference-not-found', field: 'spec.vpc', message: 'vpc/nope does not exist' },
  },
  {
    what: 'an EIP names no subnet that exists',
    objects: [eip('zz', { externalSubnet: 'nope' })],
    expected: { code: 'reference-not-found', field: 'spec.externalSubnet' },
  },
  {
    what: 'a VPC names no external subnet that exists',
    objects: [vpc('zz', { enableExternal: true, extraExternalSubnets: ['external0', 'nope'] })],
    expected: {
      code: 'reference-not-found',
      object: { kind: 'Vpc', name: 'zz' },
      field: 'spec.extraExternalSubnets[1]',
    },
  },
  {
    what: 'a subnet names no VPC that exists',
    objects: [subnet('zz', { vpc: 'nope', cidrBlock: '172.16.0.0/24' })],
    expected: { code: 'reference-not-found', field: 'spec.vpc', message: 'vpc/nope does not exist' },
  },
  {
    what: 'a subnet names no VLAN that exists',
    objects: [subnet('zz', { vlan: 'nope', cidrBlock: '172.16.0.0/24' })],
    expected: { code: 'reference-not-found', field: 'spec.vlan', message: 'vlan/nope does not exist' },
  },
  {
    what: 'a VLAN names no provider network that exists, though no subnet uses it',
    objects: [vlan('zz', { provider: 'nope' })],
    expected: {
      code: 'reference-not-found',
      object: { kind: 'Vlan', name: 'zz' },
      field: 'spec.provider',
      message: 'provider-network/nope does not exist',
    },
  },
  {
    what: 'a pod names no subnet that exists',
    objects: [pod('zz', { subnet: 'nope' })],
    expected: {
      code: 'reference-not-found',
      field: "metadata.annotations['ovn.kubernetes.io/logical_switch']",
      message: 'subnet/nope does not exist',
    },
  },
  {
    what: 'a namespace names a subnet for its pods that does not exist',
    objects: [
      namespace('shop', { annotations: { 'ovn.kubernetes.io/logical_switch': 'nope' } }),
      pod('zz', {}, { namespace: 'shop' }),
    ],
    expected: {
      code: 'reference-not-found',
      object: { kind: 'Pod', namespace: 'shop', name: 'zz' },
      cure: "create subnet/nope, or correct metadata.annotations['ovn.kubernetes.io/logical_switch'] of namespace/shop",
      message: 'subnet/nope, which namespace/shop names for its pods, does not exist',
      related: [{ kind: 'Namespace', name: 'shop' }],
    },
  },
  {
    what: 'a namespace names an external subnet for its pods',
    objects: [
      namespace('shop', { annotations: { 'ovn.kubernetes.io/logical_switch': 'external0' } }),
      pod('zz', {}, { namespace: 'shop' }),
    ],
    expected: {
      code: 'no-subnet',
      object: { kind: 'Pod', namespace: 'shop', name: 'zz' },
      cure: "name a subnet of a VPC in metadata.annotations['ovn.kubernetes.io/logical_switch'] of namespace/shop",
      message:
        'subnet/external0, which namespace/shop names for its pods, is an external subnet, which has no ports for pods',
      related: [
        { kind: 'Subnet', name: 'external0' },
        { kind: 'Namespace', name: 'shop' },
      ],
    },
  },
  {
    what: 'a pod names no node that exists',
    objects: [pod('zz', { subnet: 'vpc1-subnet1', node: 'nope' })],
    expected: {
      ...{ code: 'reference-not-found', field: 'spec.nodeName', message: 'node/nope does not exist' },
      cure: 'create node/nope, or delete the pod and make it anew: the node of a pod cannot be changed',
    },
  },
  {
    what: 'an IP names no subnet that exists',
    objects: [ip('zz', { subnet: 'nope', v4IpAddress: '192.168.0.9' })],
    expected: {
      code: 'reference-not-found',
      object: { kind: 'IP', name: 'zz' },
      field: 'spec.subnet',
      message: 'subnet/nope does not exist',
    },
  },
  {
    what: 'an IP names no node that exists',
    objects: [ip('zz', { subnet: 'vpc1-subnet1', nodeName: 'nope' })],
    expected: { code: 'reference-not-found', object: { kind: 'IP', name: 'zz' }, field: 'spec.nodeName' },
  },
  {
    what: 'an EIP names a subnet of a VPC',
    objects: [eip('zz', { externalSubnet: 'vpc1-subnet1' })],
    expected: {
      code: 'not-external',
      object: { kind: 'OvnEip', name: 'zz' },
      field: 'spec.externalSubnet',
      message: 'subnet/vpc1-subnet1 has no vlan, so it is no external subnet',
    },
  },
  {
    what: 'a VPC names a subnet of a VPC as external',
    objects: [vpc('zz', { enableExternal: true, extraExternalSubnets: ['vpc1-subnet1'] })],
    expected: { code: 'not-external', object: { kind: 'Vpc', name: 'zz' } },
  },
  {
    what: 'a floating IP leads into a VPC that is not attached',
    objects: [
      vpc('zz'),
      subnet('inside', { vpc: 'zz', cidrBlock: '172.16.0.0/24' }),
      pod('zz', { subnet: 'inside', node: 'vnode-103-176' }),
      eip('zz', { externalSubnet: 'external0' }),
      fip('zz', { ovnEip: 'zz', ipName: 'zz.default' }),
    ],
    expected: {
      code: 'not-attached',
      object: { kind: 'OvnFip', name: 'zz' },
      field: 'spec.ovnEip',
      message: 'vpc/zz is not attached to subnet/external0, where ovn-eip/zz has its address',
    },
  },
  {
    what: 'a pod belongs to no subnet',
    objects: [pod('zz')],
    expected: { code: 'no-subnet', object: { kind: 'Pod', namespace: 'default', name: 'zz' } },
  },
  {
    what: 'a pod names an external subnet',
    objects: [pod('zz', { subnet: 'external0' })],
    expected: {
      code: 'no-subnet',
      message: 'subnet/external0 is an external subnet, which has no ports for pods',
    },
  },
];
