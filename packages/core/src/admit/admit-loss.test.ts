import type { OvnEip, Resource, Subnet } from '@berth/api';
import { describe, expect, test } from 'vitest';
import { fieldStoryWith } from '../testing/field-story.ts';
import { dnat, eip, fip, ip, pod, snat, subnet } from '../testing/resources.ts';
import { settings, settle } from '../testing/settle.ts';
import { refusals } from './admit-object.ts';
import { warningsOf } from './admit-warning.ts';

const granted = (to?: string): OvnEip =>
  eip(
    'shared',
    { externalSubnet: 'external0', v4Ip: '10.9.101.40' },
    to === undefined ? {} : { annotations: { 'berth.dev/allowed-namespaces': to } },
  );
const shop = ip('cart.shop', {
  ...{ namespace: 'shop', podName: 'cart', subnet: 'vpc1-subnet1', v4IpAddress: '192.168.0.40' },
});

/** What is said to who changes the grant of an EIP, among rules on it. */
function told(before: OvnEip, object: OvnEip, ...rules: readonly Resource[]): readonly string[] {
  const { resources } = settle(
    fieldStoryWith(before, shop, pod('web2', { subnet: 'vpc1-subnet1' }), ...rules),
  );
  const stored = resources.OvnEip.find(({ metadata }) => metadata.name === 'shared') ?? before;
  const asked = { ...stored, metadata: { ...stored.metadata, annotations: object.metadata.annotations } };
  const question = { operation: 'UPDATE', object: asked, before: stored, resources } as const;
  expect(refusals(question, settings)).toEqual([]);
  return warningsOf(question, settings).map(
    ({ code, object: about, message }) => `${code} ${about?.name}: ${message}`,
  );
}

const ofWeb = fip('mine', { ovnEip: 'shared', ipName: 'web.default' });
const ofShop = dnat('theirs', { ovnEip: 'shared', ipName: 'cart.shop' });

test.each([
  ['a grant that comes where all might use it', granted(), granted('shop')],
  ['one that is taken back', granted('shop,default'), granted('shop')],
])('%s is told with who loses the address, and let pass', (_, before, after) => {
  expect(told(before, after, ofWeb, ofShop)).toEqual([
    'eip-not-granted shared: ovn-fip/mine loses it at once: their namespaces are not granted it any more',
  ]);
});

test('a few that lose it are named, and the others counted', () => {
  const rules = ['a', 'b', 'c', 'd', 'e'].map((name, place) =>
    dnat(name, { ovnEip: 'shared', ipName: 'web.default', externalPort: String(80 + place) }),
  );
  expect(told(granted('default'), granted('shop'), ...rules)).toEqual([
    'eip-not-granted shared: ovn-dnat-rule/a, ovn-dnat-rule/b, ovn-dnat-rule/c and 2 more lose it at once: their namespaces are not granted it any more',
  ]);
});

test.each([
  ['one that gives more', granted('default'), granted('shop,default')],
  ['one for all', granted('default'), granted('*')],
  ['one in another order', granted('shop,default'), granted('default,shop')],
  ['one that takes it from nobody who has it', granted('shop,default,bank'), granted('shop,default')],
])('%s is told nothing', (_, before, after) => {
  expect(told(before, after, ofWeb, ofShop)).toEqual([]);
});

test('who had no right to it before loses nothing, and an SNAT of a subnet loses it as others do', () => {
  expect(told(granted('shop'), granted('bank'), ofWeb, ofShop)).toEqual([
    'eip-not-granted shared: ovn-dnat-rule/theirs loses it at once: their namespaces are not granted it any more',
  ]);
  expect(
    told(granted(), granted('shop'), snat('out', { ovnEip: 'shared', vpcSubnet: 'vpc1-subnet1' })),
  ).toEqual([
    'eip-not-granted shared: ovn-snat-rule/out loses it at once: their namespaces are not granted it any more',
  ]);
});

describe('pods of other namespaces that name the subnet of an SNAT rule', () => {
  const net = (cidrBlock: string) => subnet('shop-net', { vpc: 'vpc1', cidrBlock, namespaces: ['shop'] });
  const out = snat('out', { ovnEip: 'shared', vpcSubnet: 'shop-net' });
  const named = (name: string, namespace: string, node = 'vnode-103-176') =>
    pod(name, { subnet: 'shop-net', node }, { namespace });
  const lost = (who: string) => [
    `eip-not-granted shared: ${who} loses it at once: their namespaces are not granted it any more`,
  ];

  test('and have an address there take it from the rule', () => {
    const objects = [net('172.20.0.0/24'), out, named('a', 'bank')];
    expect(told(granted('shop,bank'), granted('shop'), ...objects)).toEqual(lost('ovn-snat-rule/out'));
  });

  test('and wait for an address there lose it themselves', () => {
    const objects = [net('172.20.0.0/30'), out, named('a', 'shop'), named('b', 'bank')];
    expect(told(granted('shop,bank'), granted('shop'), ...objects)).toEqual(lost('pod/bank/b'));
    expect(told(granted('shop'), granted('shop,bank'), ...objects)).toEqual([]);
  });
});

describe('a subnet whose SNAT rule leads to an EIP with a grant', () => {
  const net = { vpc: 'vpc1', cidrBlock: '172.20.0.0/24' };
  const bound = (...namespaces: readonly string[]): Subnet =>
    subnet('shop-net', { ...net, ...(namespaces.length > 0 && { namespaces: [...namespaces] }) });
  const out = snat('out', { ovnEip: 'shared', vpcSubnet: 'shop-net' });
  const toldOf = (operation: 'CREATE' | 'UPDATE', object: Subnet, ...objects: readonly Resource[]) => {
    const { resources } = settle(fieldStoryWith(...objects));
    const before =
      operation === 'CREATE'
        ? undefined
        : resources.Subnet.find(({ metadata }) => metadata.name === object.metadata.name);
    const question = { operation, object, before, resources } as const;
    expect(refusals(question, settings)).toEqual([]);
    return warningsOf(question, settings).map(
      ({ code, object: about, field, message }) => `${code} ${about?.name} ${field}: ${message}`,
    );
  };
  const lost = 'ovn-snat-rule/out loses its EIP at once, not granted to all whom the subnet is for then';

  test.each([
    ['to be for one more namespace', bound('shop', 'bank')],
    ['to be for another', bound('bank')],
    ['to be for whoever names it', bound()],
    ['to be the default one', subnet('shop-net', { ...net, namespaces: ['shop'], default: true })],
  ])('that comes %s is let pass, with a warning that names the rule', (_, after) => {
    expect(toldOf('UPDATE', after, bound('shop'), granted('shop'), out)).toEqual([
      `eip-not-granted shop-net spec.namespaces: ${lost}`,
    ]);
  });

  test('that stays for those who are granted it, or whose rule lost it before, is told nothing', () => {
    expect(toldOf('UPDATE', bound('shop'), bound('shop', 'bank'), granted('shop,bank'), out)).toEqual([]);
    expect(toldOf('UPDATE', bound('shop', 'bank'), bound('shop'), granted('shop,bank'), out)).toEqual([]);
    expect(toldOf('UPDATE', bound('bank'), bound(), granted('shop'), out)).toEqual([]);
    expect(toldOf('UPDATE', bound('bank'), bound('shop'), granted(), out)).toEqual([]);
  });

  test('that is new inside the network of a rule takes the EIP from it', () => {
    const wide = snat('out', { ovnEip: 'shared', vpc: 'vpc1', v4IpCidr: '172.20.0.0/16' });
    const other = subnet('more', { vpc: 'vpc1', cidrBlock: '172.20.1.0/24' });
    expect(toldOf('CREATE', other, bound('shop'), granted('shop'), wide)).toEqual([
      `eip-not-granted more spec.namespaces: ${lost}`,
    ]);
    const far = subnet('more', { vpc: 'vpc1', cidrBlock: '172.21.1.0/24' });
    expect(toldOf('CREATE', far, bound('shop'), granted('shop'), wide)).toEqual([]);
  });
});
