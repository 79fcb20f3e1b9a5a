import { controllerFinalizer, type Resource, resourceSetOf, resourcesIn, withAwaitedPod } from '@berth/api';
import { describe, expect, it } from 'vitest';
import { fieldFabric, fieldStory } from '../testing/field-story.ts';
import {
  dnat,
  eip,
  fip,
  gatewayNode,
  pod,
  providerNetwork,
  subnet,
  vlan,
  vpc,
} from '../testing/resources.ts';
import { type Settled, settings, settle } from '../testing/settle.ts';
import { intentOf } from './intent-of.ts';
import { withWrites } from './object/write.ts';
import { release } from './protect.ts';

const deletionTimestamp = '2026-01-01T00:00:00Z';

/** The settled field story with some objects being deleted, `OvnEip/web`. */
function deleting(...names: readonly string[]): Settled {
  const { resources } = settle(fieldStory, fieldFabric);
  return settle(
    resourcesIn(resources).map((object) => terminating(object, names)),
    fieldFabric,
  );
}

function terminating(object: Resource, names: readonly string[]): Resource {
  if (!names.includes(`${object.kind}/${object.metadata.name}`)) return object;
  return { ...object, metadata: { ...object.metadata, deletionTimestamp } } as Resource;
}

function living(object: Resource): Resource {
  const { deletionTimestamp: _gone, ...metadata } = object.metadata;
  return { ...object, metadata } as Resource;
}

function released({ released: objects }: Pick<Settled, 'released'>): readonly string[] {
  return objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();
}

describe('deletion', () => {
  it('of an external subnet waits for ports that others put on its switch, and names them', () => {
    const guests = [{ name: 'external0-odd', routerPort: 'odd-external' }, { name: 'vm' }];
    const leaving = [
      providerNetwork('x'),
      vlan('x'),
      subnet('external0', { vlan: 'x', cidrBlock: '10.9.0.0/24' }),
    ];
    const settled = (fabric: typeof fieldFabric) => {
      const { resources } = settle(leaving, fieldFabric);
      const names = ['Subnet/external0', 'Vlan/x', 'ProviderNetwork/x'];
      return settle(
        resourcesIn(resources).map((object) => terminating(object, names)),
        fabric,
      );
    };
    const waiting = settled({ ...fieldFabric, guestPorts: new Map([['external0', guests]]) });
    expect(released(waiting)).toEqual([]);
    expect(waiting.intent.externals.map(({ name }) => name)).toEqual(['external0']);
    const told = waiting.findings.find(({ object }) => object?.kind === 'Subnet');
    expect(told).toMatchObject({
      code: 'in-use',
      message:
        'subnet/external0 is being deleted but is used by router port odd-external (by logical switch port external0-odd), which Berth did not make, logical switch port vm, which Berth did not make',
      cure: expect.stringContaining('ovn-nbctl lsp-del external0-odd'),
    });
    expect(released(settled(fieldFabric))).toEqual(['ProviderNetwork/x', 'Subnet/external0', 'Vlan/x']);
  });

  it('of an address that is kept for the next pod names nobody to delete', () => {
    const { resources } = settle(fieldStory, fieldFabric);
    const [since, until] = ['2026-01-01T08:00:00Z', '2026-01-01T08:01:00Z'];
    const [former] = resources.Pod;
    if (!former) throw new Error('no pod');
    const left = resourcesIn(resources).map((each) => {
      const noted = each.kind === 'IP' ? withAwaitedPod(each, { since, until, pod: former }) : each;
      return terminating(noted, ['IP/web.default']);
    });
    expect(settle(left, fieldFabric).findings).toMatchObject([
      {
        code: 'in-use',
        message:
          'ip/web.default is being deleted but is used by the next pod/default/web, for which it is kept, ovn-fip/web',
        cure: `to let it go wait until ${until} for ip/web.default to go by itself; where it is still wanted, apply it again once it is gone`,
      },
    ]);
  });

  it('of an EIP waits for its floating IP, which goes on working', () => {
    const result = deleting('OvnEip/web');
    expect(released(result)).toEqual([]);
    expect(result.findings).toMatchObject([
      {
        code: 'in-use',
        severity: 'warning',
        object: { kind: 'OvnEip', name: 'web' },
        message: 'ovn-eip/web is being deleted but is used by ovn-fip/web',
        cure: 'to let it go delete ovn-fip/web; where it is still wanted, apply it again once it is gone',
        related: [{ kind: 'OvnFip', name: 'web' }],
      },
    ]);
    expect(result.intent.vpcs.flatMap(({ floatingIps }) => floatingIps)).toHaveLength(1);
  });

  it('of an EIP holds for those that were there, not for who comes after', () => {
    const later = { creationTimestamp: '2026-01-01T00:00:01Z' };
    const { resources } = deleting('OvnEip/web');
    const port = dnat('late', { ovnEip: 'web', ipName: 'web.default' }, later);
    const come = settle([...resourcesIn(resources), port], fieldFabric);
    expect(come.findings.map(({ code, object }) => [code, object?.name])).toEqual([
      ['reference-terminating', 'late'],
      ['in-use', 'web'],
    ]);
    expect(come.intent.vpcs.flatMap(({ floatingIps }) => floatingIps)).toHaveLength(1);
    const left = resourcesIn(come.resources).filter(({ kind }) => kind !== 'OvnFip');
    expect(released(settle(left, fieldFabric))).toEqual(['OvnEip/web']);
    const anew = left.map((each) => (each.kind === 'OvnEip' ? living(each) : each));
    expect(settle(anew, fieldFabric).intent.vpcs.flatMap(({ portForwards }) => portForwards)).toHaveLength(1);
  });

  it('of an EIP holds for whom it serves, not for an older floating IP that is led to it', () => {
    const { resources } = deleting('OvnEip/web');
    const earlier = { creationTimestamp: '2025-01-01T00:00:00Z' };
    const spec = { ovnEip: 'web', ipName: 'web.default' };
    const statuses = [
      { v4Eip: '10.9.101.77' },
      {
        conditions: [
          { type: 'Ready', status: 'False' as const, reason: 'ReferenceTerminating', message: 'm' },
        ],
      },
    ];
    for (const status of statuses) {
      const older = { ...fip('older', spec, earlier), status };
      const come = settle([...resourcesIn(resources), older], fieldFabric);
      expect(come.findings.map(({ code, object }) => [code, object?.name])).toEqual([
        ['reference-terminating', 'older'],
        ['in-use', 'web'],
      ]);
      expect(come.intent.vpcs.flatMap(({ floatingIps }) => floatingIps.map(({ name }) => name))).toEqual([
        'web',
      ]);
    }
    const there = { ...fip('older', spec, earlier), status: { v4Eip: '10.9.101.9' } };
    const held = settle([...resourcesIn(resources), there], fieldFabric);
    expect(held.findings.map(({ code }) => code)).not.toContain('reference-terminating');
  });

  it('of a subnet holds for the pods that have an address there, not for new ones, and they do not keep it', () => {
    const { resources } = deleting('Subnet/vpc1-subnet1');
    const come = settle([...resourcesIn(resources), pod('late', { subnet: 'vpc1-subnet1' })], fieldFabric);
    expect(come.findings.map(({ code, object }) => [code, object?.name])).toEqual([
      ['reference-terminating', 'late'],
      ['in-use', 'vpc1-subnet1'],
    ]);
    expect(come.resources.IP.map(({ metadata }) => metadata.name)).toEqual(['web.default']);
    const left = resourcesIn(come.resources).filter(
      ({ kind, metadata }) => kind !== 'IP' && !(kind === 'Pod' && metadata.name === 'web'),
    );
    expect(released(settle(left, fieldFabric))).toContain('Subnet/vpc1-subnet1');
  });

  it('of a subnet takes no EIP, and a rule on that waits with it', () => {
    const later = { creationTimestamp: '2026-01-01T00:00:01Z' };
    const { resources } = deleting('Subnet/external0');
    const others = [
      eip('late', { externalSubnet: 'external0' }, later),
      dnat('r', { ovnEip: 'late', ipName: 'web.default' }, later),
    ];
    const come = settle([...resourcesIn(resources), ...others], fieldFabric);
    expect(come.findings.map(({ code, object }) => [code, object?.name])).toEqual([
      ['reference-terminating', 'late'],
      ['in-use', 'external0'],
    ]);
  });

  it('of both lets both go at once', () => {
    const result = deleting('OvnEip/web', 'OvnFip/web');
    expect(released(result)).toEqual(['OvnEip/web', 'OvnFip/web']);
    expect(result.intent.vpcs.flatMap(({ floatingIps }) => floatingIps)).toEqual([]);
    expect(result.findings).toEqual([]);
  });

  it('of the EIP of a router port waits for a VPC that waits itself, and nothing stops meanwhile', () => {
    const result = deleting('Vpc/vpc1', 'OvnEip/vpc1-external0');
    expect(released(result)).toEqual([]);
    expect(result.findings.map(({ code, message }) => [code, message.split(' used by ')[1]])).toEqual([
      ['in-use', 'vpc/vpc1'],
      ['in-use', 'subnet/vpc1-subnet1'],
    ]);
    expect(result.intent).toEqual(deleting().intent);
  });

  it('of the external subnet, what is on it and the VPC waits as long as the VPC has a subnet', () => {
    const names = ['ProviderNetwork/external0', 'Vlan/external0', 'Subnet/external0', 'Vpc/vpc1'];
    const result = deleting(...names, 'OvnEip/vpc1-external0');
    expect(released(result)).toEqual([]);
    expect(result.intent).toEqual(deleting().intent);
  });

  it('of one that we make lets it go before the next of its name is made', () => {
    const { resources } = settle(fieldStory, fieldFabric);
    const known = resourcesIn(resources).map((each) => {
      if (each.kind === 'Vpc') return { ...each, spec: { ...each.spec, enableExternal: false } };
      return terminating(each, ['OvnEip/vpc1-external0']);
    });
    const stored = known.map(
      (each): Resource => ({ ...each, metadata: { ...each.metadata, uid: each.metadata.name } }) as Resource,
    );
    const result = intentOf(resourceSetOf(stored), fieldFabric, settings);
    expect(released(result)).toEqual(['OvnEip/vpc1-external0']);
    expect(result.writes.map(({ object }) => object.metadata.name)).not.toContain('vpc1-external0');
  });

  it.each([
    ['Vpc/vpc1', 'subnet/vpc1-subnet1'],
    ['Subnet/vpc1-subnet1', 'ip/web.default (of pod/default/web)'],
    ['Subnet/external0', 'ovn-eip/vpc1-external0 (of spec.extraExternalSubnets[0] of vpc/vpc1), ovn-eip/web'],
    ['Vlan/external0', 'subnet/external0'],
    ['ProviderNetwork/external0', 'vlan/external0'],
    ['OvnEip/vpc1-external0', 'spec.extraExternalSubnets[0] of vpc/vpc1'],
    ['IP/web.default', 'pod/default/web, ovn-fip/web'],
  ])('of %s waits for %s', (name, users) => {
    const result = deleting(name);
    expect(released(result)).toEqual([]);
    expect(result.findings.map(({ message }) => message.split(' used by ')[1])).toEqual([users]);
  });

  it.each([
    ['Subnet/vpc1-subnet1', 'delete pod/default/web'],
    [
      'Subnet/external0',
      'delete ovn-eip/web, and take external0 out of spec.extraExternalSubnets[0] of vpc/vpc1',
    ],
    ['OvnEip/vpc1-external0', 'take external0 out of spec.extraExternalSubnets[0] of vpc/vpc1'],
  ])('of %s says what lets it go: %s', (name, way) => {
    expect(deleting(name).findings.map(({ cure }) => cure?.split('; ')[0])).toEqual([`to let it go ${way}`]);
  });

  it('of a subnet waits for EIPs that name no subnet where it is the default one', () => {
    const withDefault = fieldStory.map((object) =>
      object.kind === 'OvnEip' ? { ...object, spec: { v4Ip: '10.9.101.9' } } : object,
    );
    const { resources } = settle(withDefault, fieldFabric);
    const result = intentOf(
      resourceSetOf(resourcesIn(resources).map((object) => terminating(object, ['Subnet/external0']))),
      fieldFabric,
      settings,
    );
    expect(result.findings[0]?.related).toContainEqual({ kind: 'OvnEip', name: 'web' });
  });

  it('of the default VPC waits for subnets that name none', () => {
    const objects = [vpc('ovn-cluster'), subnet('join', { cidrBlock: '100.64.0.0/16' })];
    const result = settle(objects.map((object) => terminating(object, ['Vpc/ovn-cluster'])));
    expect(result.findings.map(({ code }) => code)).toEqual(['in-use']);
  });

  it('of everything at once ends with nothing left, users before what they use', () => {
    let resources = settle(fieldStory, fieldFabric).resources;
    resources = resourceSetOf(
      resourcesIn(resources)
        .filter(({ kind }) => kind !== 'Pod')
        .map((object) =>
          object.kind === 'Node' ? object : terminating(object, [`${object.kind}/${object.metadata.name}`]),
        ),
    );
    const order: string[] = [];
    for (let pass = 0; pass < 10; pass++) {
      const result = intentOf(resources, fieldFabric, settings);
      const letGo = release(result.released).map(({ object }) => ({ verb: 'delete' as const, object }));
      order.push(...letGo.map(({ object: { kind, metadata } }) => `${kind}/${metadata.name}`));
      resources = withWrites(withWrites(resources, result.writes), letGo);
    }
    expect(resourcesIn(resources).filter(({ kind }) => kind !== 'Node')).toEqual([]);
    const usedAfter = [
      'OvnFip/web',
      'OvnEip/web',
      'Subnet/external0',
      'Vlan/external0',
      'ProviderNetwork/external0',
    ];
    const ofRouter = ['Subnet/vpc1-subnet1', 'Vpc/vpc1', 'OvnEip/vpc1-external0', 'Subnet/external0'];
    for (const names of [usedAfter, ofRouter])
      expect(order.filter((name) => names.includes(name))).toEqual(names);
  });
});

describe('finalizers', () => {
  it('are on every object that causes rows, before its first row', () => {
    const first = intentOf(resourceSetOf(fieldStory), fieldFabric, settings);
    const held = first.writes
      .filter(({ object }) => object.metadata.finalizers.includes(controllerFinalizer))
      .map(({ object }) => object.kind);
    expect(new Set(held)).toEqual(
      new Set(['ProviderNetwork', 'Vlan', 'Vpc', 'Subnet', 'OvnEip', 'OvnFip', 'IP']),
    );
    expect(first.writes.some(({ object }) => object.kind === 'Pod' || object.kind === 'Node')).toBe(false);
  });

  it('are not given to an object that is being deleted, and only ours is taken away', () => {
    const held = vlan('v', {}, { finalizers: [controllerFinalizer, 'example.org/x'], deletionTimestamp });
    const result = intentOf(
      resourceSetOf([held, providerNetwork('v', {}, { deletionTimestamp })]),
      fieldFabric,
      settings,
    );
    expect(result.writes).toEqual([]);
    expect(release(result.released).map(({ object }) => object.metadata)).toMatchObject([
      { name: 'v', finalizers: ['example.org/x'] },
    ]);
  });
});

describe('objects we made ourselves', () => {
  const writesOf = (objects: readonly Resource[]): readonly string[] =>
    intentOf(resourceSetOf(objects), fieldFabric, settings).writes.map(
      ({ verb, object }) => `${verb} ${object.kind}/${object.metadata.name}`,
    );
  const stored = resourcesIn(settle(fieldStory, fieldFabric).resources);

  it('go when the VPC is detached', () => {
    const detached = stored.map((object) =>
      object.kind === 'Vpc' ? { ...object, spec: { enableExternal: false } } : object,
    );
    expect(writesOf(detached)).toEqual(['delete OvnEip/vpc1-external0']);
  });

  it('go with the pod, and when it has ended, but not while it ends', () => {
    expect(writesOf(stored.filter(({ kind }) => kind !== 'Pod'))).toEqual(['delete IP/web.default']);
    const as = (change: object): readonly Resource[] =>
      stored.map((object) => (object.kind === 'Pod' ? { ...object, ...change } : object));
    const [web] = stored.filter(({ kind }) => kind === 'Pod');
    expect(writesOf(as({ metadata: { ...web?.metadata, deletionTimestamp } }))).toEqual([]);
    expect(writesOf(as({ status: { phase: 'Running' } }))).toEqual([]);
    for (const phase of ['Succeeded', 'Failed'])
      expect(writesOf(as({ status: { phase } }))).toEqual(['delete IP/web.default']);
  });

  it('stay when a node comes', () => {
    expect(writesOf([...stored, gatewayNode('another')])).toEqual([]);
  });
});
