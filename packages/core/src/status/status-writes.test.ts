import { type Condition, type Resource, resourceSetOf, resourcesIn } from '@berth/api';
import { describe, expect, it } from 'vitest';
import type { Fabric } from '../fabric/fabric.ts';
import type { Finding } from '../finding/finding.ts';
import { finding } from '../finding/make.ts';
import { intentOf } from '../intent/intent-of.ts';
import { withWrites } from '../intent/write.ts';
import { fieldFabric, fieldStory, fieldStoryWith } from '../testing/field-story.ts';
import {
  eip,
  fip,
  gatewayNode,
  node,
  pod,
  providerNetwork,
  subnet,
  vlan,
  vpc,
} from '../testing/resources.ts';
import { fabricWith, settings, settle } from '../testing/settle.ts';
import { statusWrites } from './status-writes.ts';

const morning = '2026-01-01T08:00:00Z';
const noon = '2026-01-01T12:00:00Z';

/** Objects with their status after a pass, and what of it had to be stored. */
function afterPass(
  objects: readonly Resource[],
  fabric: Fabric = fieldFabric,
  extra: { readonly now?: string; readonly findings?: readonly Finding[] } = {},
) {
  const settled = settle(objects, fabric);
  const findings = [...settled.findings, ...(extra.findings ?? [])];
  const input = {
    ...settled,
    findings,
    fabric,
    now: extra.now ?? morning,
    defaultExternalSubnet: settings.defaultExternalSubnet,
  };
  const writes = statusWrites(input);
  const resources = withWrites(settled.resources, writes);
  return { writes, resources, again: statusWrites({ ...input, resources, now: noon }) };
}

type Pass = ReturnType<typeof afterPass>;

const written = ({ writes }: Pass): readonly string[] =>
  writes.map(({ object }) => `${object.kind}/${object.metadata.name}`);

function statusOf<K extends 'OvnFip' | 'OvnEip' | 'Vpc' | 'Subnet' | 'Vlan' | 'ProviderNetwork'>(
  { resources }: Pass,
  kind: K,
  name: string,
) {
  const objects: readonly Resource[] = resources[kind];
  const found = objects.find(({ metadata }) => metadata.name === name);
  return found && 'status' in found ? found.status : undefined;
}

/** `True Programmed: message`: the condition Ready. */
function ready(pass: Pass, kind: Parameters<typeof statusOf>[1], name: string): string {
  const status = statusOf(pass, kind, name);
  const conditions: readonly Condition[] =
    status && 'conditions' in status ? ((status.conditions ?? []) as readonly Condition[]) : [];
  const condition = conditions.find(({ type }) => type === 'Ready');
  return `${condition?.status} ${condition?.reason}: ${condition?.message}`;
}

const bridge = 'external0:br-external0';
const nodes = { 'vnode-103-176': bridge, 'vnode-103-177': bridge, 'vnode-117-46': bridge };
const web = { ovnEip: 'web', ipName: 'web.default' };

describe('the field story', () => {
  const pass = afterPass(fieldStory);

  it('gives every object of ours a status, and none to be stored again', () => {
    expect(written(pass)).toEqual([
      'ProviderNetwork/external0',
      'Vlan/external0',
      'Vpc/vpc1',
      'Subnet/external0',
      'Subnet/vpc1-subnet1',
      'OvnEip/vpc1-external0',
      'OvnEip/web',
      'OvnFip/web',
    ]);
    expect(pass.again).toEqual([]);
  });

  it('shows where the floating IP is answered', () => {
    expect(statusOf(pass, 'OvnFip', 'web')).toEqual({
      ready: true,
      vpc: 'vpc1',
      v4Eip: '10.9.101.9',
      v4Ip: '192.168.0.4',
      macAddress: '36:3e:6d:8f:9f:31',
      placement: 'distributed',
      berth: 'vnode-103-176',
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'Programmed',
          message: 'distributed: vnode-103-176 answers',
          observedGeneration: 1,
          lastUpdateTime: morning,
          lastTransitionTime: morning,
        },
      ],
    });
  });

  it('shows the rest as Kube-OVN does', () => {
    expect(statusOf(pass, 'OvnEip', 'web')).toMatchObject({
      ready: true,
      type: 'nat',
      nat: 'fip',
      v4Ip: '10.9.101.9',
    });
    expect(statusOf(pass, 'OvnEip', 'vpc1-external0')).toMatchObject({ ready: true, type: 'lrp' });
    expect(statusOf(pass, 'Vpc', 'vpc1')).toMatchObject({
      standby: true,
      router: 'vpc1',
      subnets: ['vpc1-subnet1'],
      enableExternal: true,
      extraExternalSubnets: ['external0'],
    });
    expect(statusOf(pass, 'Subnet', 'external0')).toMatchObject({
      v4availableIPs: 244,
      v4availableIPrange: '10.9.101.11-10.9.101.254',
      v4usingIPs: 2,
      v4usingIPrange: '10.9.101.9-10.9.101.10',
      v6availableIPs: 0,
      v6usingIPs: 0,
    });
    expect(statusOf(pass, 'Subnet', 'vpc1-subnet1')).toMatchObject({
      v4availableIPs: 252,
      v4availableIPrange: '192.168.0.2-192.168.0.3,192.168.0.5-192.168.0.254',
      v4usingIPs: 1,
      v4usingIPrange: '192.168.0.4',
    });
    expect(statusOf(pass, 'Vlan', 'external0')).toMatchObject({ subnets: ['external0'], conflict: false });
    expect(statusOf(pass, 'ProviderNetwork', 'external0')).toMatchObject({
      ready: true,
      readyNodes: ['vnode-103-176', 'vnode-103-177', 'vnode-117-46'],
      notReadyNodes: [],
      vlans: ['external0'],
    });
  });

  it('says in each message what matters', () => {
    expect(ready(pass, 'Vpc', 'vpc1')).toBe(
      'True Programmed: external0: vnode-117-46 serves, then vnode-103-177',
    );
    expect(ready(pass, 'OvnEip', 'web')).toBe('True Programmed: 10.9.101.9 serves ovn-fip/web');
    expect(ready(pass, 'OvnEip', 'vpc1-external0')).toBe(
      'True Programmed: 10.9.101.10 is the address of vpc/vpc1 on subnet/external0',
    );
    expect(ready(pass, 'Subnet', 'external0')).toBe(
      'True Programmed: 10.9.101.0/24 on provider-network/external0, untagged',
    );
    expect(ready(pass, 'Subnet', 'vpc1-subnet1')).toBe('True Programmed: 192.168.0.0/24 in vpc/vpc1');
  });

  it('shows the router port’s MAC and the active gateway once centralized', () => {
    const central = afterPass(fieldStoryWith(fip('web', { ...web, type: 'centralized' })));
    expect(statusOf(central, 'OvnFip', 'web')).toMatchObject({
      placement: 'centralized',
      berth: 'vnode-117-46',
      macAddress: '7a:f4:44:a4:49:73',
    });
    expect(ready(central, 'OvnFip', 'web')).toBe('True Programmed: centralized: vnode-117-46 answers');
  });
});

describe('a floating IP', () => {
  it('is not ready while nobody claims its port', () => {
    const pass = afterPass(fieldStory, fabricWith(nodes));
    expect(ready(pass, 'OvnFip', 'web')).toBe(
      'False Pending: distributed: no chassis has claimed port web.default yet',
    );
    expect(statusOf(pass, 'OvnFip', 'web')).toMatchObject({ ready: false, placement: 'distributed' });
    expect(statusOf(pass, 'OvnFip', 'web')).toHaveProperty('berth', undefined);
  });

  it('is not ready where the node that should answer has no bridge', () => {
    const pass = afterPass(
      fieldStory,
      fabricWith({ ...nodes, 'vnode-103-176': '' }, { 'web.default': 'vnode-103-176' }),
    );
    expect(ready(pass, 'OvnFip', 'web')).toBe(
      'False NoBridgeMapping: distributed: vnode-103-176 should answer but has no bridge for network external0',
    );
  });

  it('is not ready when it is centralized and there is no gateway, and is when it is distributed', () => {
    const ungated = [node('vnode-103-177'), node('vnode-117-46')];
    const fabric = fabricWith(nodes, { 'web.default': 'vnode-103-176' });
    const central = afterPass(
      fieldStoryWith(...ungated, fip('web', { ...web, type: 'centralized' })),
      fabric,
    );
    expect(ready(central, 'OvnFip', 'web')).toBe(
      'False NoGateway: centralized: no node can carry external traffic of vpc/vpc1 to subnet/external0',
    );
    const distributed = afterPass(fieldStoryWith(...ungated), fabric);
    expect(ready(distributed, 'OvnFip', 'web')).toBe('True Programmed: distributed: vnode-103-176 answers');
    expect(ready(distributed, 'Vpc', 'vpc1')).toMatch(/^False NoGateway: no node can carry/);
  });

  it('shows the host of a chassis that no node has', () => {
    const fabric = fabricWith({ ...nodes, stranger: bridge }, { 'web.default': 'stranger' });
    expect(statusOf(afterPass(fieldStory, fabric), 'OvnFip', 'web')).toMatchObject({ berth: 'stranger' });
  });

  it('with an error of its own says it, and shows nothing that is not programmed', () => {
    const pass = afterPass(fieldStoryWith(fip('zz', web)));
    expect(ready(pass, 'OvnFip', 'zz')).toBe('False FipDuplicate: ovn-eip/web already serves ovn-fip/web');
    const { conditions: _, ...rest } = statusOf(pass, 'OvnFip', 'zz') ?? {};
    expect(rest).toEqual({ ready: false });
  });

  it('that waits for an object with an error says that one', () => {
    const pass = afterPass(fieldStoryWith(eip('web', { externalSubnet: 'external0', v4Ip: '10.9.102.9' })));
    expect(ready(pass, 'OvnFip', 'web')).toBe(
      'False AddressOutsideSubnet: ovn-eip/web: 10.9.102.9 is not in 10.9.101.0/24 of subnet/external0',
    );
    const full = afterPass(fieldStoryWith(pod('web', { subnet: 'vpc1-subnet1', ips: '192.168.7.7' })));
    expect(ready(full, 'OvnFip', 'web')).toMatch(/^False AddressOutsideSubnet: pod\/default\/web: /);
  });

  it('with only a warning is ready and says the warning', () => {
    const bare = fip('web', { ovnEip: 'web', vpc: 'vpc1', v4Ip: '192.168.0.4' });
    expect(ready(afterPass(fieldStoryWith(bare)), 'OvnFip', 'web')).toBe(
      'True Programmed: centralized: vnode-117-46 answers; the target is an address without a port of a workload, so the floating IP is centralized',
    );
  });
});

describe('conditions', () => {
  const clash = finding('row-clash', {
    object: { kind: 'OvnFip', name: 'web' },
    message: 'the NAT row is taken',
    cure: 'c',
  });

  it('turn false with a finding of the plan and true without it, and the old boolean follows', () => {
    const good = afterPass(fieldStory);
    const stored = resourcesIn(good.resources);
    const bad = afterPass(stored, fieldFabric, { now: noon, findings: [clash] });
    expect(written(bad)).toEqual(['OvnFip/web']);
    expect(ready(bad, 'OvnFip', 'web')).toBe('False RowClash: the NAT row is taken');
    expect(statusOf(bad, 'OvnFip', 'web')).toMatchObject({
      ready: false,
      conditions: [{ lastUpdateTime: noon, lastTransitionTime: noon }],
    });
    const again = afterPass(resourcesIn(bad.resources), fieldFabric, { now: '2026-01-01T13:00:00Z' });
    expect(statusOf(again, 'OvnFip', 'web')).toMatchObject({
      ready: true,
      berth: 'vnode-103-176',
      conditions: [{ status: 'True', lastTransitionTime: '2026-01-01T13:00:00Z' }],
    });
  });

  it('keep their time of transition while only the message changes', () => {
    const stored = resourcesIn(afterPass(fieldStory).resources);
    const moved = fabricWith(nodes, { 'web.default': 'vnode-103-176', 'cr-vpc1-external0': 'vnode-103-177' });
    const pass = afterPass(stored, moved, { now: noon });
    expect(written(pass)).toEqual(['Vpc/vpc1']);
    expect(statusOf(pass, 'Vpc', 'vpc1')).toMatchObject({
      conditions: [{ lastUpdateTime: noon, lastTransitionTime: morning }],
    });
  });

  it('follow the generation of the object', () => {
    const stored = resourcesIn(afterPass(fieldStory).resources).map((object) =>
      object.kind === 'Vlan' ? { ...object, metadata: { ...object.metadata, generation: 7 } } : object,
    );
    expect(statusOf(afterPass(stored, fieldFabric, { now: noon }), 'Vlan', 'external0')).toMatchObject({
      conditions: [{ observedGeneration: 7, lastTransitionTime: morning, lastUpdateTime: noon }],
    });
  });

  it('of other types and of single nodes stay', () => {
    const others = [
      { type: 'Ready', status: 'True' as const, node: 'n1', reason: 'InitOVSBridgeSucceeded' },
      { type: 'Validated', status: 'True' as const },
    ];
    const pass = afterPass(
      fieldStoryWith({ ...providerNetwork('external0'), status: { conditions: others } }),
    );
    const status = statusOf(pass, 'ProviderNetwork', 'external0');
    expect(status && 'conditions' in status && status.conditions).toEqual([
      expect.objectContaining({ type: 'Ready', reason: 'Programmed' }),
      ...others,
    ]);
  });
});

describe('an EIP', () => {
  it('shows a rule only while the rule is programmed', () => {
    const used = resourcesIn(afterPass(fieldStory).resources);
    const pass = afterPass(used.filter(({ kind }) => kind !== 'OvnFip'));
    expect(statusOf(pass, 'OvnEip', 'web')).toHaveProperty('nat', undefined);
    expect(ready(pass, 'OvnEip', 'web')).toBe('True Programmed: 10.9.101.9 is not used');
  });

  it('that could not be moved is not ready, and its floating IP still works', () => {
    const stored = resourcesIn(afterPass(fieldStory).resources);
    const pass = afterPass(
      stored.map((object) =>
        object.kind === 'OvnEip' && object.metadata.name === 'web'
          ? { ...object, spec: { ...object.spec, v4Ip: '10.9.102.9' } }
          : object,
      ),
    );
    expect(ready(pass, 'OvnEip', 'web')).toMatch(/^False AddressOutsideSubnet/);
    expect(statusOf(pass, 'OvnEip', 'web')).toMatchObject({ v4Ip: '10.9.101.9', ready: false });
    expect(ready(pass, 'OvnFip', 'web')).toBe('True Programmed: distributed: vnode-103-176 answers');
  });
});

describe('networks', () => {
  it('count addresses of both families, requests among the excluded ones too', () => {
    const pass = afterPass([
      providerNetwork('external0'),
      vlan('external0', { id: 7 }),
      subnet('external0', {
        vlan: 'external0',
        cidrBlock: '10.0.0.0/29,fd00::/125',
        excludeIps: ['10.0.0.5..10.0.0.6', 'fd00::6'],
      }),
      eip('a', { v4Ip: '10.0.0.5' }),
    ]);
    expect(statusOf(pass, 'Subnet', 'external0')).toMatchObject({
      v4availableIPs: 3,
      v4availableIPrange: '10.0.0.2-10.0.0.4',
      v4usingIPs: 1,
      v4usingIPrange: '10.0.0.5',
      v6availableIPs: 4,
      v6availableIPrange: 'fd00::3-fd00::5,fd00::7',
      v6usingIPs: 1,
      v6usingIPrange: 'fd00::2',
    });
    expect(ready(pass, 'Subnet', 'external0')).toContain('VLAN 7');
  });

  it('that clash say with whom', () => {
    const pass = afterPass(
      fieldStoryWith(
        vlan('a', { provider: 'external0', id: 7 }),
        vlan('b', { provider: 'external0', id: 7 }),
      ),
    );
    expect(statusOf(pass, 'Vlan', 'a')).toMatchObject({ conflict: true });
    expect(ready(pass, 'Vlan', 'b')).toBe(
      'True Programmed: VLAN 7 on provider-network/external0, as is vlan/a',
    );
    expect(statusOf(pass, 'Vlan', 'external0')).toMatchObject({ conflict: false });
  });

  it('wait for the nodes they are meant for', () => {
    const excluding = providerNetwork('external0', { excludeNodes: ['vnode-117-46'] });
    const half = fabricWith({ 'vnode-103-176': bridge, 'vnode-103-177': '' });
    const pass = afterPass(fieldStoryWith(excluding), half);
    expect(statusOf(pass, 'ProviderNetwork', 'external0')).toMatchObject({
      ready: false,
      readyNodes: ['vnode-103-176'],
      notReadyNodes: ['vnode-103-177'],
    });
    expect(ready(pass, 'ProviderNetwork', 'external0')).toBe('False Pending: no bridge yet on vnode-103-177');
  });

  it.each([
    [{ matchLabels: { zone: 'a' } }, ['n1']],
    [{ matchExpressions: [{ key: 'zone', operator: 'In' as const, values: ['a', 'b'] }] }, ['n1', 'n2']],
    [{ matchExpressions: [{ key: 'zone', operator: 'NotIn' as const, values: ['a'] }] }, ['n2', 'n3']],
    [{ matchExpressions: [{ key: 'zone', operator: 'Exists' as const }] }, ['n1', 'n2']],
    [{ matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' as const }] }, ['n3']],
    [{}, ['n1', 'n2', 'n3']],
  ])('choose nodes by %j, which goes before excludeNodes', (nodeSelector, expected) => {
    const pass = afterPass([
      node('n1', { labels: { zone: 'a' } }),
      node('n2', { labels: { zone: 'b' } }),
      node('n3'),
      providerNetwork('external0', { nodeSelector, excludeNodes: ['n1'] }),
    ]);
    expect(statusOf(pass, 'ProviderNetwork', 'external0')).toMatchObject({ notReadyNodes: expected });
  });

  it('that cannot be are not ready for their own reason, and a VPC says which port it misses', () => {
    const pass = afterPass(
      fieldStoryWith(
        subnet('zz', { vlan: 'external0', cidrBlock: '10.9.101.128/25' }),
        vpc('vpc2', { enableExternal: true, extraExternalSubnets: ['zz'] }),
        vlan('lost', { provider: 'nope' }),
        subnet('lost', { vlan: 'lost', cidrBlock: '10.8.0.0/24' }),
      ),
    );
    expect(ready(pass, 'Subnet', 'zz')).toMatch(/^False CidrOverlap: /);
    expect(ready(pass, 'Vpc', 'vpc2')).toMatch(
      /^False CidrOverlap: subnet\/zz: 10\.9\.101\.128\/25 overlaps/,
    );
    expect(statusOf(pass, 'Vpc', 'vpc2')).toMatchObject({ enableExternal: false });
    expect(ready(pass, 'Subnet', 'lost')).toBe(
      'False ReferenceNotFound: vlan/lost: provider-network/nope does not exist',
    );
  });

  it('that are not attached say so', () => {
    expect(ready(afterPass([vpc('quiet'), gatewayNode('n')]), 'Vpc', 'quiet')).toBe(
      'True Programmed: attached to no external subnet',
    );
  });
});

describe('an object that is being deleted', () => {
  const deletionTimestamp = morning;

  it('gets a status while it is in use, and none once it is let go', () => {
    const stored = resourcesIn(settle(fieldStory, fieldFabric).resources).map((object) =>
      object.metadata.name === 'web' && object.kind !== 'Pod'
        ? ({ ...object, metadata: { ...object.metadata, deletionTimestamp } } as Resource)
        : object,
    );
    const both = intentOf(resourceSetOf(stored), fieldFabric, settings);
    const writes = statusWrites({
      ...both,
      resources: resourceSetOf(stored),
      fabric: fieldFabric,
      now: noon,
      defaultExternalSubnet: 'external0',
    });
    expect(writes.some(({ object }) => object.metadata.name === 'web')).toBe(false);

    const inUse = afterPass(
      stored.map((object) =>
        object.kind === 'OvnFip'
          ? { ...object, metadata: { ...object.metadata, deletionTimestamp: undefined } }
          : object,
      ),
    );
    expect(ready(inUse, 'OvnEip', 'web')).toBe(
      'True Programmed: 10.9.101.9 serves ovn-fip/web; ovn-eip/web is being deleted but is used by ovn-fip/web',
    );
  });
});
