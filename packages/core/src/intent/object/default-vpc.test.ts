import { externalGatewayLabel, type Resource, resourcesIn } from '@berth/api';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compile/compile.ts';
import { fieldFabric, fieldStory } from '../../testing/field-story.ts';
import { afterPass, ready, statusOf } from '../../testing/pass.ts';
import { eip, gatewayConfig, node, subnet, vpc } from '../../testing/resources.ts';
import { rowTexts } from '../../testing/row-text.ts';
import { type Settled, settle } from '../../testing/settle.ts';

/** The network of the field story alone: three nodes, two of them labelled, and external0. */
const network = fieldStory.filter(({ kind }) => ['Node', 'ProviderNetwork', 'Vlan'].includes(kind));
const external = fieldStory.filter(({ metadata }) => metadata.name === 'external0');
const base = [...new Set([...network, ...external])];

const settled = (...objects: readonly Resource[]): Settled => settle([...base, ...objects], fieldFabric);
const vpcs = ({ resources }: Settled): readonly string[] =>
  resources.Vpc.map(({ metadata }) => metadata.name);
const rows = ({ intent }: Settled, ...tables: readonly string[]): readonly string[] =>
  rowTexts(compile(intent), ...tables);

describe('the default VPC', () => {
  it('exists when the ConfigMap sets up the gateway, and has a port on the default external subnet', () => {
    const made = settled(gatewayConfig({ 'enable-external-gw': 'yes' }));
    expect(made.findings).toEqual([]);
    expect(vpcs(made)).toEqual(['ovn-cluster']);
    expect(rows(made, 'Logical_Router_Port', 'Logical_Router_Static_Route')).toEqual([
      expect.stringContaining('name=ovn-cluster-external0'),
      'Logical_Router_Static_Route ip_prefix=0.0.0.0/0 nexthop=10.9.101.1 policy=dst-ip output_port=ovn-cluster-external0',
    ]);
    expect(made.intent.vpcs[0]?.attachments[0]?.origin).toEqual({
      object: { kind: 'ConfigMap', namespace: 'kube-system', name: 'ovn-external-gw-config' },
      field: 'data.enable-external-gw',
    });
  });

  it('exists when a subnet belongs to it, without a way out', () => {
    const made = settled(subnet('inside', { cidrBlock: '10.16.0.0/16' }));
    expect(vpcs(made)).toEqual(['ovn-cluster']);
    expect(made.intent.vpcs[0]).toMatchObject({ attachments: [], subnets: [{ name: 'inside' }] });
    expect(made.findings).toEqual([]);
  });

  it.each([
    ['nothing', []],
    ['a ConfigMap that says false', [gatewayConfig({ 'enable-external-gw': 'false' })]],
    ['a ConfigMap of another name', [{ ...gatewayConfig({}), metadata: vpc('other').metadata }]],
  ])('is not made for %s', (_, objects) => {
    expect(vpcs(settled(...objects))).toEqual([]);
  });

  it('goes when nobody wants it any more, and takes its rows along', () => {
    const before = settled(gatewayConfig({}));
    const kept = resourcesIn(before.resources).filter(({ kind }) => kind !== 'ConfigMap');
    // A source marks what is deleted; the next pass lets it go.
    const deleted = kept.map((object) =>
      ['Vpc', 'OvnEip'].includes(object.kind)
        ? ({
            ...object,
            metadata: { ...object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
          } as Resource)
        : object,
    );
    expect(vpcs(settle(kept, fieldFabric))).toEqual([]);
    const after = settle(deleted, fieldFabric);
    expect(after.intent.vpcs).toEqual([]);
    expect(after.released.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort()).toEqual([
      'OvnEip/ovn-cluster-external0',
      'Vpc/ovn-cluster',
    ]);
  });

  it('that the user wrote stays as he wrote it', () => {
    const own = vpc('ovn-cluster', { namespaces: ['a'] });
    const made = settled(own, gatewayConfig({}));
    expect(made.resources.Vpc[0]?.spec).toEqual(own.spec);
    expect(made.intent.vpcs[0]?.attachments).toHaveLength(1);
  });

  it('shows that it is the default one', () => {
    const pass = afterPass([...base, gatewayConfig({})]);
    expect(statusOf(pass, 'Vpc', 'ovn-cluster')).toMatchObject({ default: true, enableExternal: true });
    expect(ready(pass, 'Vpc', 'ovn-cluster')).toMatch(/^False Pending: external0: no gateway serves now/);
  });

  it('says in its condition which value keeps it from its port', () => {
    const pass = afterPass([...network, gatewayConfig({ 'nic-ip': 'no' })]);
    expect(ready(pass, 'Vpc', 'ovn-cluster')).toMatch(/^False (ReferenceNotFound|ConfigInvalid): /);
  });
});

describe('the ConfigMap', () => {
  it('asks for the address and the MAC of the port, and for the next hop', () => {
    const made = settled(
      gatewayConfig({
        'nic-ip': '10.9.101.200/24',
        'nic-mac': '02:00:00:00:00:AA',
        'external-gw-addr': '10.9.101.254/24',
      }),
    );
    expect(made.findings).toEqual([]);
    const [port, route] = rows(made, 'Logical_Router_Port', 'Logical_Router_Static_Route');
    expect(port).toContain('mac=02:00:00:00:00:aa networks=10.9.101.200/24');
    expect(route).toContain('nexthop=10.9.101.254');
  });

  it('moves the port when it asks for another address, and leaves an EIP of the user alone', () => {
    const before = settled(gatewayConfig({ 'nic-ip': '10.9.101.200/24' }));
    const others = resourcesIn(before.resources).filter(({ kind }) => kind !== 'ConfigMap');
    const after = settle([...others, gatewayConfig({ 'nic-ip': '10.9.101.201/24' })], fieldFabric);
    expect(rows(after, 'Logical_Router_Port')[0]).toContain('networks=10.9.101.201/24');
    const own = eip('ovn-cluster-external0', {
      externalSubnet: 'external0',
      type: 'lrp',
      v4Ip: '10.9.101.50',
    });
    const kept = settled(own, gatewayConfig({ 'nic-ip': '10.9.101.200/24' }));
    expect(rows(kept, 'Logical_Router_Port')[0]).toContain('networks=10.9.101.50/24');
  });

  const gateways = (type: string): readonly (string | undefined)[] =>
    settled(
      gatewayConfig({ type, 'external-gw-nodes': 'vnode-103-176,vnode-103-177' }),
      node('vnode-103-176', { labels: { [externalGatewayLabel]: 'false' } }),
      vpc('vpc1', { enableExternal: true }),
    )
      .intent.vpcs.flatMap(({ attachments }) => attachments.flatMap((each) => each.gateways))
      .map(({ node: name, origin }) => `${name} by ${origin.object.kind}`)
      .sort();

  it('adds gateways to every VPC unless addresses are distributed', () => {
    expect([...new Set(gateways('centralized'))]).toEqual([
      'vnode-103-176 by ConfigMap',
      'vnode-103-177 by Node',
      'vnode-117-46 by Node',
    ]);
    expect([...new Set(gateways('distributed'))]).toEqual(['vnode-103-177 by Node', 'vnode-117-46 by Node']);
  });

  it('never writes a node', () => {
    const { resources } = settled(gatewayConfig({ 'external-gw-nodes': 'vnode-103-176' }));
    expect(resources.Node).toEqual(base.filter(({ kind }) => kind === 'Node'));
  });
});
