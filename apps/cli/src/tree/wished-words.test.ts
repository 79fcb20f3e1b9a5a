import type { KindName } from '@berth/api';
import { failureKinds, isEnumerable } from '@berth/core';
import { expect, test } from 'vitest';
import type { Wish } from './wish.ts';
import { type KnownNames, wishedWords } from './wished-words.ts';

const objects: { readonly [K in KindName]?: readonly string[] } = {
  OvnFip: ['web', 'nat/r/dnat_and_snat/10.0.0.8'],
  Vpc: ['vpc1'],
  ProviderNetwork: ['ext0'],
};
const known: KnownNames = {
  labs: async () => ['blue', 'lab'],
  contexts: async () => ['prod'],
  namespaces: async () => ['default', 'shop'],
  nodes: async () => ['n-1', 'n-2'],
  codes: async () => ['no-gateway'],
  broken: async () => ['uplink:n-1/ext0', 'tunnel:n-1-n-2'],
  objects: async (kind) =>
    kind === 'Pod'
      ? [
          { kind, namespace: 'default', name: 'web' },
          { kind, namespace: 'shop', name: 'cart' },
        ]
      : (objects[kind] ?? []).map((name) => ({ kind, name })),
};

async function words(wish: Wish, unfinished: string, before: readonly string[] = [], namespace?: string) {
  const all = await wishedWords(wish, unfinished, { words: before, namespace }, known);
  return all.filter((word) => word.startsWith(unfinished));
}

test.each<[Wish, string, readonly string[]]>([
  ['lab', '', ['blue', 'lab']],
  ['context', 'p', ['prod']],
  ['namespace', '', ['default', 'shop']],
  ['vpc', '', ['vpc1']],
  ['target', 'v', ['vpc/']],
  ['target', 'fip/', ['fip/web']],
  ['target', 'ovn-fip/w', ['ovn-fip/web']],
  ['target', 'nat/', ['nat/r/dnat_and_snat/10.0.0.8']],
  ['target', 'pod/', ['pod/default/web', 'pod/shop/cart']],
  ['target', 'node/', ['node/n-1', 'node/n-2']],
  ['target', 'nonsense/', []],
  ['target', 'no-', []],
  ['target-or-code', 'no-', ['no-gateway']],
  ['kind', 'fip/', ['fip/web']],
  ['kind', 'fip', ['fip']],
  ['kind', 'po', ['pods']],
  ['kind', 'pol', ['policy']],
  ['kind', 'pods,vp', ['pods,vpcs']],
  ['probed', '', ['fip/', 'eip/', 'snat/', 'dnat/', 'vpc/', 'subnet/', 'pod/', 'nat/']],
  ['probed', 'node/', []],
  ['broken', '', ['uplink:n-1/ext0', 'tunnel:n-1-n-2']],
  ['broken', 'tunnel:n-1-n-2,', ['tunnel:n-1-n-2,uplink:n-1/ext0']],
  ['rule', 'ovn-fip/', ['ovn-fip/web']],
  ['where', 'o', ['outside']],
  ['where', 'shop/', ['shop/cart']],
  ['each', 'host,up', ['host,uplink', 'host,upstream']],
  ['failures', 'ho', ['host:']],
  ['failures', 'host:', ['host:n-1', 'host:n-2']],
  ['failures', 'host:n-1,uplink:', ['host:n-1,uplink:n-1', 'host:n-1,uplink:n-2']],
  ['failures', 'host:n-1;nb,s', ['host:n-1;nb,sb']],
  ['failures', 'uplink:n-1/', ['uplink:n-1/ext0']],
  ['failures', 'tunnel:n-1-', ['tunnel:n-1-n-2']],
  ['failures', 'pod:sh', ['pod:shop/cart']],
  ['failures', 'upstream:', ['upstream:ext0']],
  ['failures', 'nonsense:', []],
])('%s: %j is completed by %j', async (wish, unfinished, expected) => {
  expect(await words(wish, unfinished)).toEqual(expected);
});

test('names of objects are of the kind that stands before, and of the namespace that is meant', async () => {
  expect(await words('object', '', ['fip'])).toEqual(['web', 'nat/r/dnat_and_snat/10.0.0.8']);
  expect(await words('object', '', ['pods'])).toEqual(['web']);
  expect(await words('object', '', ['pods'], 'shop')).toEqual(['cart']);
  expect(await words('object', '', ['vpcs,pods'])).toEqual(['vpc1', 'web']);
});

test('every kind of failure is offered, and with --each those that can be enumerated', async () => {
  const all = (await words('failures', '')).map((word) => word.replace(/:$/, ''));
  expect(all.toSorted()).toEqual(failureKinds);
  const each = await words('each', '');
  expect(each.every(isEnumerable)).toBe(true);
  expect(failureKinds.filter(isEnumerable).filter((kind) => !each.includes(kind))).toEqual([]);
});
