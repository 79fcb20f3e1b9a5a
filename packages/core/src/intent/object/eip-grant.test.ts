import { allowedNamespacesAnnotation, type Resource, resourcesIn } from '@berth/api';
import { describe, expect, it } from 'vitest';

import { fieldStoryWith } from '../../testing/field-story.ts';
import { dnat, eip, fip, ip, namespace, pod, snat, subnet, vip } from '../../testing/resources.ts';
import { settle } from '../../testing/settle.ts';

/** The EIP of every rule here, granted to some namespaces. */
function granted(to: string | undefined): Resource {
  const annotations = to === undefined ? {} : { [allowedNamespacesAnnotation]: to };
  return eip('e', { externalSubnet: 'external0', v4Ip: '10.9.101.77' }, { annotations });
}

/** What is said of a rule on that EIP; an empty list when it may use it. */
function said(to: string | undefined, rule: Resource, ...others: readonly Resource[]): readonly string[] {
  const { findings } = settle(fieldStoryWith(granted(to), rule, ...others));
  return findings.filter(({ code }) => code === 'eip-not-granted').map(({ message }) => message);
}

const shopPod = pod('cart', { subnet: 'vpc1-subnet1', ips: '192.168.0.9' }, { namespace: 'shop' });
const toCart = fip('r', { ovnEip: 'e', ipName: 'cart.shop' });
const bound = subnet('shop-net', { vpc: 'vpc1', cidrBlock: '172.20.0.0/24', namespaces: ['shop', 'bank'] });

describe('an EIP', () => {
  it.each([
    ['says nothing', undefined],
    ['names the namespace of the pod', 'bank, shop'],
    ['is granted to all', '*'],
  ])('that %s may be used', (_, to) => {
    expect(said(to, toCart, shopPod)).toEqual([]);
  });

  it.each([
    ['bank', 'ovn-eip/e is granted to bank, and cart.shop is in namespace shop'],
    ['', 'ovn-eip/e is granted to no namespace, and cart.shop is in namespace shop'],
    ['shopping', 'ovn-eip/e is granted to shopping, and cart.shop is in namespace shop'],
  ])('that is granted to "%s" may not, whether the pod is there or not', (to, message) => {
    expect(said(to, toCart, shopPod)).toEqual([message]);
    expect(said(to, toCart)).toEqual([message]);
  });

  it('that loses the grant is taken from the rule, and the next rule may have it', () => {
    const objects = fieldStoryWith(
      granted('default'),
      shopPod,
      fip('a', { ovnEip: 'e', ipName: 'cart.shop' }, { creationTimestamp: '2026-01-01T00:00:00Z' }),
      fip('b', { ovnEip: 'e', ipName: 'web.default' }, { creationTimestamp: '2026-01-02T00:00:00Z' }),
    );
    const { intent, findings } = settle(objects);
    const names = intent.vpcs.flatMap(({ floatingIps }) => floatingIps.map(({ name }) => name));
    expect(names).toContain('b');
    expect(names).not.toContain('a');
    expect(findings.filter(({ code }) => code === 'fip-duplicate')).toEqual([]);
  });
});

describe('who uses an EIP', () => {
  const direct = { ovnEip: 'e', vpc: 'vpc1', v4Ip: '192.168.0.9' };
  it.each([
    ['the pod that has the address', dnat('r', direct), [shopPod], []],
    [
      'nobody who is known to have the address',
      dnat('r', { ...direct, v4Ip: '192.168.0.99' }),
      [],
      ['ovn-eip/e is granted to shop, and nothing tells the namespace of 192.168.0.99'],
    ],
    [
      'an IP that a user wrote',
      dnat('r', { ...direct, v4Ip: '192.168.0.60' }),
      [ip('vm', { subnet: 'vpc1-subnet1', v4IpAddress: '192.168.0.60', namespace: 'shop' })],
      [],
    ],
    [
      'a Vip for pods of a namespace',
      fip('r', { ovnEip: 'e', ipType: 'vip', ipName: 'v' }),
      [vip('v', { subnet: 'vpc1-subnet1', namespace: 'shop' })],
      [],
    ],
    [
      'a Vip for anybody',
      fip('r', { ovnEip: 'e', ipType: 'vip', ipName: 'v' }),
      [vip('v', { subnet: 'vpc1-subnet1' })],
      ['ovn-eip/e is granted to shop, and nothing tells the namespace of vip/v'],
    ],
    [
      'every namespace that a subnet is bound to',
      snat('r', { ovnEip: 'e', vpcSubnet: 'shop-net' }),
      [bound],
      ['ovn-eip/e is granted to shop, and subnet/shop-net is in namespace bank'],
    ],
    [
      'the namespaces of the subnets in a network',
      snat('r', { ovnEip: 'e', vpc: 'vpc1', v4IpCidr: '172.20.0.0/25' }),
      [bound],
      ['ovn-eip/e is granted to shop, and subnet/shop-net is in namespace bank'],
    ],
    [
      'anybody in a network without a subnet',
      snat('r', { ovnEip: 'e', vpc: 'vpc1', v4IpCidr: '172.31.0.0/24' }),
      [],
      ['ovn-eip/e is granted to shop, and nothing tells the namespace of 172.31.0.0/24'],
    ],
    [
      'anybody in a subnet that is bound to no namespace',
      snat('r', { ovnEip: 'e', vpcSubnet: 'vpc1-subnet1' }),
      [],
      ['ovn-eip/e is granted to shop, and nothing tells the namespace of subnet/vpc1-subnet1'],
    ],
    [
      'a namespace that names its subnet',
      snat('r', { ovnEip: 'e', vpcSubnet: 'named-net' }),
      [
        subnet('named-net', { vpc: 'vpc1', cidrBlock: '172.21.0.0/24' }),
        namespace('shop', { annotations: { 'ovn.kubernetes.io/logical_switch': 'named-net' } }),
      ],
      [],
    ],
    [
      'the pod itself, whatever an IP of its name says',
      fip('r', { ovnEip: 'e', ipName: 'web.default' }),
      [ip('web.default', { subnet: 'vpc1-subnet1', podName: 'web', namespace: 'shop' })],
      ['ovn-eip/e is granted to shop, and web.default is in namespace default'],
    ],
    ['the pod of an SNAT rule', snat('r', { ovnEip: 'e', ipName: 'cart.shop' }), [shopPod], []],
  ] as const)('is %s', (_, rule, others, expected) => {
    expect(said('shop', rule, ...others)).toEqual(expected);
  });
});

describe('a pod that names a subnet of other namespaces by its annotation', () => {
  const shopNet = subnet('shop-net', { vpc: 'vpc1', cidrBlock: '172.20.0.0/24', namespaces: ['shop'] });
  const out = snat('out', { ovnEip: 'e', vpcSubnet: 'shop-net' });
  const [cart, inv] = [
    pod('cart', {}, { namespace: 'shop' }),
    pod('inv', { subnet: 'shop-net' }, { namespace: 'bank' }),
  ];
  const objects = (...others: readonly Resource[]) =>
    fieldStoryWith(granted('shop'), shopNet, cart, ...others);
  const told = ({ findings }: ReturnType<typeof settle>) =>
    findings
      .filter(({ code }) => code === 'eip-not-granted')
      .map(({ object, field, message }) => [object?.kind, field, message]);
  const namesOf = ({ resources }: ReturnType<typeof settle>) =>
    resources.IP.filter(({ spec }) => spec.subnet === 'shop-net').map(({ metadata }) => metadata.name);
  const rulesOf = ({ intent }: ReturnType<typeof settle>) =>
    intent.vpcs.flatMap(({ sourceNats }) => sourceNats.map(({ name }) => name));

  it.each([
    ['the subnet', out],
    ['a part of its network', snat('out', { ovnEip: 'e', vpc: 'vpc1', v4IpCidr: '172.20.0.0/25' })],
    ['an address alone', snat('out', { ovnEip: 'e', vpc: 'vpc1', v4IpCidr: '172.20.0.2' })],
    [
      'a network in the VPC of a workload',
      snat('out', { ovnEip: 'e', ipName: 'cart.shop', v4IpCidr: '172.20.0.0/25' }),
    ],
  ])(
    'gets no address where a rule of %s leads out by an EIP that its namespace is not granted',
    (_, rule) => {
      const settled = settle(objects(rule, inv));
      expect(told(settled)).toEqual([
        [
          'Pod',
          "metadata.annotations['ovn.kubernetes.io/logical_switch']",
          'subnet/shop-net goes out by ovn-eip/e (ovn-snat-rule/out), which is granted to shop, and the pod is in namespace bank',
        ],
      ]);
      expect(namesOf(settled)).toEqual(['cart.shop']);
      expect(rulesOf(settled)).toEqual(['out']);
    },
  );

  it('keeps the address that it has, and then the rule is left out', () => {
    const before = settle(objects(inv));
    expect(namesOf(before)).toEqual(['cart.shop', 'inv.bank']);
    const after = settle([...resourcesIn(before.resources), out]);
    expect(told(after)).toEqual([
      [
        'OvnSnatRule',
        'spec.vpcSubnet',
        'ovn-eip/e is granted to shop, and inv.bank on subnet/shop-net is in namespace bank',
      ],
    ]);
    expect(namesOf(after)).toEqual(['cart.shop', 'inv.bank']);
    expect(rulesOf(after)).toEqual([]);
    const [found] = after.findings.filter(({ code }) => code === 'eip-not-granted');
    expect(found?.cure).toMatch(/^let pod\/bank\/inv name another subnet and make it anew, /);
    const leaving = resourcesIn(before.resources).map((each) =>
      each.kind === 'Pod' && each.metadata.name === 'inv'
        ? { ...each, metadata: { ...each.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }
        : each,
    );
    const last = settle([...leaving, out]).findings.find(({ code }) => code === 'eip-not-granted');
    expect(last?.cure).toMatch(/^wait until pod\/bank\/inv is gone, which is being deleted, /);
  });

  it('gets one where the EIP is granted to all, to its namespace, or the rule is about another part', () => {
    for (const to of [undefined, '*', 'shop,bank']) {
      const others = objects(out, inv).filter(
        ({ kind, metadata }) => kind !== 'OvnEip' || metadata.name !== 'e',
      );
      expect(namesOf(settle([...others, granted(to)]))).toHaveLength(2);
    }
    const elsewhere = snat('out', { ovnEip: 'e', vpc: 'vpc1', v4IpCidr: '172.31.0.0/24' });
    expect(namesOf(settle(objects(elsewhere, inv)))).toHaveLength(2);
  });

  it('is no matter of the pod where its namespace is bound to the subnet as well', () => {
    const both = namespace('bank', { annotations: { 'ovn.kubernetes.io/logical_switch': 'shop-net' } });
    const settled = settle(objects(out, inv, both));
    expect(told(settled).map(([kind]) => kind)).toEqual(['OvnSnatRule']);
    expect(namesOf(settled)).toHaveLength(2);
  });
});

it('the default subnet is for anybody, whatever namespaces it is bound to', () => {
  const usual = subnet('usual', {
    vpc: 'vpc1',
    cidrBlock: '172.20.0.0/24',
    namespaces: ['shop'],
    default: true,
  });
  expect(said('shop', snat('r', { ovnEip: 'e', vpcSubnet: 'usual' }), usual)).toEqual([
    'ovn-eip/e is granted to shop, and nothing tells the namespace of subnet/usual',
  ]);
});
