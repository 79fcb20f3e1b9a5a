import { allowedNamespacesAnnotation, type Resource } from '@berth/api';
import { describe, expect, it } from 'vitest';
import { fieldStoryWith } from '../testing/field-story.ts';
import { dnat, eip, fip, ip, namespace, pod, snat, subnet, vip } from '../testing/resources.ts';
import { settle } from '../testing/settle.ts';

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
      snat('r', { ovnEip: 'e', vpcSubnet: 'vpc1-subnet1' }),
      [namespace('shop', { annotations: { 'ovn.kubernetes.io/logical_switch': 'vpc1-subnet1' } })],
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
