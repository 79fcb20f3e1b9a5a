import {
  emptyResourceSet,
  type Pod,
  type Resource,
  resourceSetOf,
  resourcesIn,
  withAwaitedPod,
} from '@berth/api';
import { describe, expect, test } from 'vitest';
import { fieldFabric, fieldStory, fieldStoryWith } from '../testing/field-story.ts';
import {
  dnat,
  eip,
  fip,
  gatewayPolicy,
  ip,
  pod,
  snat,
  subnet,
  vip,
  vlan,
  vpc,
} from '../testing/resources.ts';
import { settings, settle } from '../testing/settle.ts';
import { refusals } from './admit-object.ts';
import { nearby } from './nearby.ts';

/** The cluster of the field story with everything stored, as a controller leaves it. */
function cluster(...others: readonly Resource[]) {
  return settle(fieldStoryWith(...others)).resources;
}

function onCreate(object: Resource, ...others: readonly Resource[]) {
  return refusals({ operation: 'CREATE', object, resources: cluster(...others) }, settings);
}

const early = { creationTimestamp: '2026-01-01T00:00:00Z' };
const extra = eip('extra', { externalSubnet: 'external0', v4Ip: '10.9.101.99' });

describe('a new object', () => {
  test.each([
    ['a second floating IP on an EIP', fip('z', { ovnEip: 'web', ipName: 'z.default' }), 'fip-duplicate'],
    [
      'an address that is taken',
      eip('z', { externalSubnet: 'external0', v4Ip: '10.9.101.9' }),
      'address-taken',
    ],
    [
      'an address of elsewhere',
      eip('z', { externalSubnet: 'external0', v4Ip: '10.8.0.9' }),
      'address-outside-subnet',
    ],
    [
      'the gateway’s address',
      eip('z', { externalSubnet: 'external0', v4Ip: '10.9.101.1' }),
      'address-invalid',
    ],
    ['an address of a pod', vip('z', { subnet: 'vpc1-subnet1', v4ip: '192.168.0.4' }), 'address-taken'],
    ['a network that is taken', subnet('z', { vpc: 'vpc1', cidrBlock: '192.168.0.0/16' }), 'cidr-overlap'],
    ['a subnet that is not external', eip('z', { externalSubnet: 'vpc1-subnet1' }), 'not-external'],
    [
      'another address than its target has',
      fip('z', { ovnEip: 'free', ipName: 'web.default', v4Ip: '192.168.0.5' }),
      'address-mismatch',
    ],
    ['another VPC', fip('z', { ovnEip: 'free', ipName: 'web.default', vpc: 'other' }), 'vpc-mismatch'],
    [
      'an EIP of another VPC',
      dnat('z', { ovnEip: 'web', vpc: 'other', v4Ip: '172.16.0.9' }),
      'eip-other-vpc',
    ],
    ['a port that is taken', dnat('z', { ovnEip: 'extra', vpc: 'vpc1', v4Ip: '192.168.0.8' }), 'port-taken'],
    ['a source that is translated', snat('z', { ovnEip: 'free', vpcSubnet: 'vpc1-subnet1' }), 'snat-overlap'],
    ['another family', dnat('z', { ovnEip: 'free', vpc: 'vpc1', v6Ip: 'fd00::9' }), 'family-mismatch'],
    [
      'a contradiction',
      gatewayPolicy('z', { placement: 'GatewayLocal', onGatewayLoss: 'Distribute' }),
      'policy-contradictory',
    ],
  ] as const)('that asks for %s is refused', (_, object, code) => {
    const found = onCreate(
      object,
      extra,
      eip('free', { externalSubnet: 'external0' }),
      vpc('other', { enableExternal: true, extraExternalSubnets: ['external0'] }),
      subnet('other-s', { vpc: 'other', cidrBlock: '172.16.0.0/24' }),
      dnat('first', { ovnEip: 'extra', vpc: 'vpc1', v4Ip: '192.168.0.50' }),
      snat('all', { ovnEip: 'extra', vpcSubnet: 'vpc1-subnet1' }),
    );
    expect(found.map((each) => each.code)).toEqual([code]);
    expect(found[0]?.cure).not.toBe('');
  });

  test('may say the address of its target, which a move of the target alone contradicts', () => {
    const same = dnat('z', { ovnEip: 'extra', ipName: 'web.default', v4Ip: '192.168.0.4' });
    expect(onCreate(same, extra)).toEqual([]);
    const moved = { ...same, spec: { ...same.spec, v4Ip: '192.168.0.50' } };
    const change = {
      operation: 'UPDATE',
      object: moved,
      before: same,
      resources: cluster(extra, same),
    } as const;
    expect(refusals(change, settings)).toMatchObject([{ code: 'address-mismatch', field: 'spec.v4Ip' }]);
  });

  test('that contradicts itself is told what, not what would count if it were let pass', () => {
    const object = gatewayPolicy('z', { placement: 'GatewayLocal', onGatewayLoss: 'Distribute' });
    expect(onCreate(object)[0]?.message).toMatch(/and spec.onGatewayLoss Distribute asks for just that$/);
    expect(onCreate(gatewayPolicy('z'), gatewayPolicy('elder', {}, early))).toEqual([]);
  });

  test.each([
    eip('z', { externalSubnet: 'external0', v4Ip: '10.9.101.9' }),
    eip('z', { externalSubnet: 'vpc1-subnet1' }),
    vip('z', { subnet: 'vpc1-subnet1', v4ip: '192.168.0.4' }),
    dnat('z', { ovnEip: 'web', vpc: 'other', v4Ip: '172.16.0.9' }),
    subnet('z', { vpc: 'vpc1', cidrBlock: '192.168.0.0/16' }),
    vpc('z', { enableExternal: true, extraExternalSubnets: ['vpc1-subnet1'] }),
    snat('z', { ovnEip: 'web', vpcSubnet: 'external0' }),
    fip('z', { ovnEip: 'web', ipName: 'web.default' }),
  ])('is judged as the controller would among all there is: $kind $spec', (object) => {
    const others = [
      vpc('other', { enableExternal: true, extraExternalSubnets: ['external0'] }),
      subnet('other-s', { vpc: 'other', cidrBlock: '172.16.0.0/24' }),
    ];
    const whole = settle([...resourcesIn(cluster(...others)), object]);
    const about = whole.findings.filter(
      ({ object: ref, severity }) => ref?.name === 'z' && severity === 'error',
    );
    expect(about).not.toEqual([]);
    expect(onCreate(object, ...others)).toEqual(about);
  });

  test.each(fieldStory.map((each) => [`${each.kind} ${each.metadata.name}`, each] as const))(
    'may come before all others, and after them: %s',
    (_, object) => {
      const alone = { operation: 'CREATE', object, resources: emptyResourceSet() } as const;
      expect(refusals(alone, settings)).toEqual([]);
      expect(onCreate(object)).toEqual([]);
    },
  );

  describe('that asks for an address which nobody asked for', () => {
    const others = [
      vpc('other', { enableExternal: true, extraExternalSubnets: ['external0'] }),
      subnet('other-s', { vpc: 'other', cidrBlock: '172.16.0.0/24' }),
    ];
    const taken = (...more: readonly Resource[]): string => {
      const eips = cluster(...others, ...more).OvnEip;
      return eips.find(({ metadata }) => metadata.name === 'other-external0')?.status?.v4Ip ?? '';
    };
    const asking = (v4Ip: string, metadata: object = {}) =>
      eip('z', { externalSubnet: 'external0', v4Ip }, metadata);

    test('passes, as it will make way', () => {
      expect(onCreate(asking(taken()), ...others)).toEqual([]);
    });

    test('is refused where a rule is on it', () => {
      const rule = snat('out', { ovnEip: 'other-external0', vpcSubnet: 'other-s' });
      expect(onCreate(asking(taken(rule)), ...others, rule)).toMatchObject([{ code: 'address-taken' }]);
    });

    test('is refused where it is too late', () => {
      const resources = cluster(...others);
      const old = resources.OvnEip.map((each) => ({ ...each, metadata: { ...each.metadata, ...early } }));
      const judged = (creationTimestamp: string) =>
        refusals(
          {
            operation: 'CREATE',
            object: asking(taken(), { creationTimestamp }),
            resources: { ...resources, OvnEip: old },
          },
          settings,
        );
      expect(judged('2026-01-01T01:00:00Z')).toEqual([]);
      expect(judged('2026-01-01T01:00:01Z')).toMatchObject([{ code: 'address-taken' }]);
    });
  });

  test('is the youngest, whatever it says of its age', () => {
    const object = fip('a', { ovnEip: 'web', ipName: 'z.default' }, early);
    expect(onCreate(object)).toMatchObject([{ code: 'fip-duplicate', object: { name: 'a' } }]);
  });

  test('that names the EIP of a floating IP whose workload is yet to come is refused, too', () => {
    const waiting = fip('waiting', { ovnEip: 'extra', ipName: 'later.default' }, early);
    const found = onCreate(fip('z', { ovnEip: 'extra', ipName: 'web.default' }), extra, waiting);
    expect(found).toMatchObject([
      { code: 'fip-duplicate', related: [{ name: 'waiting' }, { name: 'extra' }] },
    ]);
  });

  test('that a namespace may not use is refused while its pod is yet to come', () => {
    const annotations = { 'berth.dev/allowed-namespaces': 'shop' };
    const owned = eip('owned', { externalSubnet: 'external0' }, { annotations });
    const toBank = fip('z', { ovnEip: 'owned', ipName: 'teller.bank' });
    expect(onCreate(toBank, owned)).toMatchObject([{ code: 'eip-not-granted', field: 'spec.ipName' }]);
    expect(onCreate(fip('z', { ovnEip: 'owned', ipName: 'cart.shop' }), owned)).toEqual([]);
  });
});

test('a new rule is refused for a pod that came to its subnet from a namespace without the grant', () => {
  const annotations = { 'berth.dev/allowed-namespaces': 'shop' };
  const others = [
    eip('owned', { externalSubnet: 'external0' }, { annotations }),
    subnet('shop-net', { vpc: 'vpc1', cidrBlock: '172.20.0.0/24', namespaces: ['shop'] }),
  ];
  const inv = pod('inv', { subnet: 'shop-net' }, { namespace: 'bank' });
  const rule = snat('z', { ovnEip: 'owned', vpcSubnet: 'shop-net' });
  expect(onCreate(rule, ...others)).toEqual([]);
  expect(onCreate(rule, ...others, inv)).toMatchObject([
    { code: 'eip-not-granted', message: expect.stringContaining('inv.bank on subnet/shop-net') },
  ]);
});

test('a new rule on an EIP that is being deleted is refused, and one that is there may change', () => {
  const leaving = eip(
    'web',
    { externalSubnet: 'external0', v4Ip: '10.9.101.9' },
    { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['kubeovn.io/kube-ovn-controller'] },
  );
  const port = dnat('z', { ovnEip: 'web', ipName: 'web.default' });
  expect(onCreate(port, leaving)).toMatchObject([{ code: 'reference-terminating' }]);
  const resources = cluster(leaving, port, extra);
  const change = (before: Resource, object: Resource) =>
    refusals({ operation: 'UPDATE', object, before, resources }, settings);
  expect(change(port, dnat('z', { ...port.spec, externalPort: '81' }))).toEqual([]);
  const elsewhere = dnat('z', { ...port.spec, ovnEip: 'extra' });
  expect(change(elsewhere, port)).toMatchObject([{ code: 'reference-terminating', field: 'spec.ovnEip' }]);
  // One that may stay is judged as any other.
  const taken = dnat('y', { ...port.spec, externalPort: '82' });
  const among = cluster(leaving, port, taken, extra);
  const to82 = dnat('z', { ...port.spec, externalPort: '82' });
  expect(
    refusals({ operation: 'UPDATE', object: to82, before: port, resources: among }, settings),
  ).toMatchObject([{ code: 'port-taken' }]);
});

describe('a change', () => {
  const second = fip('second', { ovnEip: 'web', ipName: 'z.default' });
  const change = (before: Resource, object: Resource, ...others: readonly Resource[]) =>
    refusals({ operation: 'UPDATE', object, before, resources: cluster(before, ...others) }, settings);

  test('is refused for what it brings, not for what was wrong before', () => {
    const labelled = { ...second, metadata: { ...second.metadata, labels: { team: 'x' } } };
    expect(change(second, labelled)).toEqual([]);
    const good = fip('second', { ovnEip: 'extra', ipName: 'z.default' });
    expect(change(good, second, extra)).toMatchObject([{ code: 'fip-duplicate' }]);
    expect(change(second, good, extra)).toEqual([]);
  });

  test('of something that is on its way out is nobody’s concern', () => {
    const { metadata } = second;
    const leaving = { ...second, metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    expect(change(fip('second', { ovnEip: 'extra', ipName: 'z.default' }), leaving)).toEqual([]);
  });
});

describe('an annotation', () => {
  const keep = (text: string) =>
    fip('web', { ovnEip: 'web', ipName: 'web.default' }, { annotations: { 'berth.dev/keep': text } });
  const resources = cluster();
  const change = (before: Resource, object: Resource) =>
    refusals({ operation: 'UPDATE', object, before, resources }, settings);

  test('that says nothing is refused when it is written, and not once it is there', () => {
    expect(change(keep(''), keep('{'))).toMatchObject([
      { code: 'keep-unreadable', field: "metadata.annotations['berth.dev/keep']" },
    ]);
    expect(change(keep('{'), keep('{'))).toEqual([]);
    const granted = (to: string) =>
      eip('z', { externalSubnet: 'external0' }, { annotations: { 'berth.dev/allowed-namespaces': to } });
    expect(onCreate(granted('shop,bank'))).toEqual([]);
    for (const to of ['Shop', '', ' ', ','])
      expect(onCreate(granted(to))).toMatchObject([{ code: 'annotation-invalid' }]);
  });

  test.each([['zz'], ['ff:ff:ff:ff:ff:ff'], ['01:00:00:00:00:01'], ['00:00:00:00:00:00']])(
    'that keeps the MAC %s, which no station can have, is refused',
    (mac) => {
      const unreadable = { code: 'keep-unreadable', field: "metadata.annotations['berth.dev/keep']" };
      const onFip = keep(JSON.stringify({ placement: 'distributed', mac, port: 'web.default' }));
      expect(change(keep(''), onFip)).toMatchObject([unreadable]);
      const routerMac = (text: string) =>
        subnet(
          'z',
          { vpc: 'vpc1', cidrBlock: '172.16.0.0/24' },
          { annotations: { 'berth.dev/keep': JSON.stringify({ routerMac: text }) } },
        );
      expect(onCreate(routerMac(mac))).toMatchObject([unreadable]);
      expect(onCreate(routerMac('6e:12:34:56:78:9a'))).toEqual([]);
    },
  );
});

describe('a deletion', () => {
  const onDelete = (object: Resource, ...others: readonly Resource[]) =>
    refusals({ operation: 'DELETE', object, resources: cluster(...others) }, settings);
  const find = (kind: string, name: string): Resource =>
    fieldStory.find((each) => each.kind === kind && each.metadata.name === name) as Resource;

  test.each([
    ['OvnEip', 'web', 'ovn-fip/web'],
    ['Subnet', 'external0', 'ovn-eip/vpc1-external0'],
    ['Subnet', 'vpc1-subnet1', 'ip/web.default'],
    ['Vpc', 'vpc1', 'subnet/vpc1-subnet1'],
    ['Vlan', 'external0', 'subnet/external0'],
    ['ProviderNetwork', 'external0', 'vlan/external0'],
  ])('of %s %s is refused while it is used', (kind, name, user) => {
    const [found, ...more] = onDelete(find(kind, name));
    expect(found).toMatchObject({ code: 'in-use', object: { kind, name } });
    expect(found?.message).toContain(user);
    expect(found?.message).toMatch(/ is used by .*, so it is not deleted$/);
    expect(found?.cure).toMatch(/ first$/);
    expect(more).toEqual([]);
  });

  test('of a subnet names what has to go first: a pod, whose address cannot go before it', () => {
    const [found] = onDelete(find('Subnet', 'vpc1-subnet1'));
    expect(found?.message).toContain('ip/web.default (of pod/default/web)');
    expect(found?.cure).toBe('delete pod/default/web first');
    expect(found?.cure).not.toContain('ip/');
  });

  test('of a subnet names an address that is kept for the next pod as what goes by itself', () => {
    const of = (uid: string) =>
      ({ ...find('Pod', 'web'), metadata: { ...find('Pod', 'web').metadata, uid } }) as Pod;
    const former = of('u1');
    const until = '2026-01-01T08:01:00Z';
    const stored = resourcesIn(settle(fieldStoryWith(former), fieldFabric).resources);
    const kept = stored.map((each) =>
      each.kind === 'IP' && each.metadata.name === 'web.default'
        ? withAwaitedPod(each, { since: '2026-01-01T08:00:00Z', until, pod: former })
        : each,
    );
    const onLeaving = (objects: readonly Resource[]) => {
      const object = find('Subnet', 'vpc1-subnet1');
      return refusals({ operation: 'DELETE', object, resources: resourceSetOf(objects) }, settings)[0];
    };
    // What the API server has, and what a pass has, where the pod that is gone stands in for the next one.
    const gone = kept.filter((each) => each.kind !== 'Pod' || each.metadata.name !== 'web');
    for (const objects of [gone, kept])
      expect(onLeaving(objects)).toMatchObject({
        message:
          'subnet/vpc1-subnet1 is used by ip/web.default (kept for the next pod/default/web), so it is not deleted',
        cure: `wait until ${until} for ip/web.default to go by itself first`,
      });
    expect(onLeaving([...gone, of('u2')])?.cure).toBe('delete pod/default/web first');
  });

  test('of an EIP is refused for a floating IP that has come to it and is not told of yet', () => {
    const status = { v4Eip: '10.9.101.77' };
    const moved = { ...fip('web', { ovnEip: 'web', ipName: 'web.default' }), status };
    const known = { ...find('OvnEip', 'web'), status: { v4Ip: '10.9.101.9' } } as Resource;
    expect(onDelete(known, moved)).toMatchObject([{ code: 'in-use' }]);
  });

  test('of what nobody uses is not, nor where the users are on their way out', () => {
    expect(onDelete(find('OvnFip', 'web'))).toEqual([]);
    expect(onDelete(extra, extra)).toEqual([]);
    const leaving = fip(
      'web',
      { ovnEip: 'web', ipName: 'web.default' },
      { deletionTimestamp: 'now', finalizers: [] },
    );
    expect(onDelete(find('OvnEip', 'web'), leaving)).toEqual([]);
  });
});

test('what is near an object does not grow with the cluster', () => {
  const many = Array.from({ length: 300 }, (_, index) => [
    eip(`e${index}`, { externalSubnet: 'external0', v4Ip: `10.9.102.${index % 250}` }),
    fip(`f${index}`, { ovnEip: `e${index}`, ipName: `p${index}.default` }),
    ip(`p${index}.default`, { subnet: 'vpc1-subnet1', v4IpAddress: `192.168.1.${index % 250}` }),
    pod(`p${index}`, { subnet: 'vpc1-subnet1' }),
  ]).flat();
  const vpcs = Array.from({ length: 50 }, (_, index) => [
    vpc(`v${index}`),
    subnet(`s${index}`, { vpc: `v${index}`, cidrBlock: '10.0.0.0/8' }),
  ]).flat();
  const all = resourceSetOf([...fieldStory, ...many, ...vpcs, vlan('other')]);
  const near = nearby(fip('z', { ovnEip: 'web', ipName: 'web.default' }), all);
  const names = near.filter(({ kind }) => kind === 'OvnFip' || kind === 'OvnEip' || kind === 'IP');
  expect(names.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(['OvnFip web', 'OvnEip web']);
  expect(near.some(({ kind }) => kind === 'Pod')).toBe(false);
  expect(near.filter(({ kind }) => kind === 'Subnet' || kind === 'Vpc').length).toBeLessThan(4);
});

describe('the address of a pod', () => {
  const onDelete = (object: Resource | undefined, resources: ReturnType<typeof cluster>) =>
    object
      ? refusals({ operation: 'DELETE', object, resources }, settings).map(({ message }) => message)
      : [];

  test('is not deleted while the pod is there, nor one that a rule leads to', () => {
    const fixed = ip('fixed.default', { subnet: 'vpc1-subnet1', v4IpAddress: '192.168.0.99' });
    const resources = cluster(
      fixed,
      eip('f', { externalSubnet: 'external0' }),
      fip('f', { ovnEip: 'f', ipName: 'fixed.default' }),
    );
    const found = (name: string) => resources.IP.find(({ metadata }) => metadata.name === name);
    expect(onDelete(found('web.default'), resources)).toEqual([
      'ip/web.default is used by pod/default/web, ovn-fip/web, so it is not deleted',
    ]);
    expect(onDelete(found('fixed.default'), resources)).toEqual([
      'ip/fixed.default is used by ovn-fip/f, so it is not deleted',
    ]);
  });

  test('may go with its pod, and where nobody uses it', () => {
    const idle = ip('idle.default', { subnet: 'vpc1-subnet1', v4IpAddress: '192.168.0.98' });
    const resources = cluster(idle);
    const found = (name: string) => resources.IP.find(({ metadata }) => metadata.name === name);
    expect(onDelete(found('idle.default'), resources)).toEqual([]);
    expect(onDelete(found('web.default'), { ...resources, Pod: [] })).toEqual([]);
  });
});
