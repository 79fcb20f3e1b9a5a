import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { externalGatewayLabel, type Resource } from '@berth/api';
import { describe, expect, it } from 'vitest';
import type { FindingCode } from '../finding/catalogue.ts';
import { catalogue } from '../finding/catalogue.ts';
import type { Finding } from '../finding/finding.ts';
import { fieldFabric, fieldStoryWith } from '../testing/field-story.ts';
import { desiredRows } from '../testing/program.ts';
import { eip, fip, gatewayNode, ip, namespace, node, pod, subnet, vlan, vpc } from '../testing/resources.ts';
import { rowTexts } from '../testing/row-text.ts';
import { fabricWith, settle } from '../testing/settle.ts';

type Case = {
  readonly what: string;
  /** Objects in place of, or beside, those of the field story. */
  readonly objects: readonly Resource[];
  readonly fabric?: typeof fieldFabric;
  readonly expected: Partial<Finding> & { readonly code: FindingCode };
  /** Whether the field story's own floating IP is compiled all the same. */
  readonly rest?: false;
};

const onWeb = { ovnEip: 'web', ipName: 'web.default' };
const bridge = 'external0:br-external0';

const cases: readonly Case[] = [
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
    what: 'a floating IP names no target that exists',
    objects: [
      eip('zz', { externalSubnet: 'external0' }),
      fip('zz', { ovnEip: 'zz', ipName: 'nope.default' }),
    ],
    expected: {
      code: 'reference-not-found',
      field: 'spec.ipName',
      message: 'ip/nope.default does not exist',
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
    what: 'a subnet names no VPC where there is no default one',
    objects: [subnet('zz', { cidrBlock: '172.16.0.0/24' })],
    expected: { code: 'reference-not-found', field: 'spec.vpc', message: 'vpc/ovn-cluster does not exist' },
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
    what: 'a pod names no node that exists',
    objects: [pod('zz', { subnet: 'vpc1-subnet1', node: 'nope' })],
    expected: { code: 'reference-not-found', field: 'spec.nodeName', message: 'node/nope does not exist' },
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
      subnet('zz', { vpc: 'zz', cidrBlock: '172.16.0.0/24' }),
      pod('zz', { subnet: 'zz', node: 'vnode-103-176' }),
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
      message: 'ovn-eip/zz has 10.9.101.11 and the target has only fd00::2',
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
    expected: { code: 'in-use', severity: 'info', object: { kind: 'OvnEip', name: 'web' } },
    rest: false,
  },
];

describe('bad input', () => {
  it.each(cases)('is one finding when $what', ({ objects, fabric = fieldFabric, expected, rest }) => {
    const { findings } = settle(fieldStoryWith(...objects), fabric);
    expect(findings).toMatchObject([{ severity: catalogue[expected.code].severity, ...expected }]);
    expect(findings[0]?.cure).not.toBe('');
    if (rest === false) return;
    const rows = rowTexts(desiredRows(fieldStoryWith(...objects), fabric));
    expect(rows).toContain(
      'NAT type=dnat_and_snat external_ip=10.9.101.9 logical_ip=192.168.0.4 logical_port=web.default external_mac=36:3e:6d:8f:9f:31',
    );
  });

  it('all at once leaves the good part of the folder programmed', () => {
    const harmless = cases.filter((each) => each.rest !== false && each.expected.code !== 'no-gateway');
    const all = new Map(
      harmless
        .flatMap(({ objects }) => objects)
        .map((object, index) => {
          const name = object.metadata.name === 'zz' ? `zz${index}` : object.metadata.name;
          const renamed = { ...object, metadata: { ...object.metadata, name } } as Resource;
          return [`${object.kind} ${name}`, renamed] as const;
        }),
    );
    const objects = fieldStoryWith(...all.values());
    expect(settle(objects, fieldFabric).findings.length).toBeGreaterThan(20);
    expect(rowTexts(desiredRows(objects, fieldFabric), 'NAT')).toContain(
      'NAT type=dnat_and_snat external_ip=10.9.101.9 logical_ip=192.168.0.4 logical_port=web.default external_mac=36:3e:6d:8f:9f:31',
    );
  });

  it('is never silent: a pod on its node network, a label "false" and an unused namespace are no bad input', () => {
    const hostPod = pod('proxy');
    const { findings } = settle(
      fieldStoryWith(
        { ...hostPod, spec: { ...hostPod.spec, hostNetwork: true } },
        node('n', { labels: { [externalGatewayLabel]: 'false' } }),
        namespace('empty'),
      ),
      fieldFabric,
    );
    expect(findings).toEqual([]);
  });

  it('covers every code that the intent produces', () => {
    const folder = import.meta.dirname;
    const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
    const produced = sources.flatMap((name) =>
      [...readFileSync(join(folder, name), 'utf8').matchAll(/\bfinding\(\s*'([a-z-]+)'/g)].map(
        ([, code]) => code,
      ),
    );
    expect(new Set(cases.map(({ expected }) => expected.code))).toEqual(new Set(produced));
  });
});
