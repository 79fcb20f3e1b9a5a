import { expect, it } from 'vitest';
import { pairs, sequences, setsOf, singles } from './cases.ts';
import { randomOf, shuffled } from './random.ts';
import { topologies, vpcsOf } from './topology.ts';

it.each(topologies.map((topology) => [topology.name, topology] as const))(
  '%s can be broken',
  (_, topology) => {
    const all = [...singles(topology), ...pairs(topology), ...sequences(topology)];
    expect(new Set(all).size).toBe(all.length);
    for (const text of singles(topology)) expect(setsOf(text, topology).flat()).toHaveLength(1);
    for (const text of pairs(topology)) expect(setsOf(text, topology).map((set) => set.length)).toEqual([2]);
    for (const text of sequences(topology)) expect(setsOf(text, topology)).toHaveLength(2);
  },
);

it('tries every kind of failure that breaks something outside of Berth', () => {
  const [topology] = topologies;
  if (topology === undefined) throw new Error('there is none');
  const kinds = new Set(singles(topology).map((text) => setsOf(text, topology)[0]?.[0]?.kind));
  const expected = ['host', 'uplink', 'mapping', 'tunnel', 'tunnel-pair', 'vswitchd', 'ovn-controller'];
  const others = ['ovn-controller-exit', 'zombie', 'notready', 'control', 'upstream', 'agent', 'pod'];
  expect([...kinds].sort()).toEqual([...expected, ...others, 'nb', 'sb', 'northd', 'central'].sort());
});

it('gives every workload addresses of its own', () => {
  for (const topology of topologies) {
    const pods = vpcsOf(topology).flatMap((vpc) => vpc.pods);
    const own = pods.flatMap((pod) => [
      pod.mac,
      ...pod.logicalIps,
      ...(pod.sort === 'snat' ? [] : [pod.externalMac, ...pod.externalIps]),
    ]);
    expect(new Set(own).size).toBe(own.length);
  }
});

it('lets the seed alone decide the order', () => {
  const items = Array.from({ length: 50 }, (_, index) => index);
  expect(shuffled(items, randomOf(7))).toEqual(shuffled(items, randomOf(7)));
  expect(shuffled(items, randomOf(7))).not.toEqual(shuffled(items, randomOf(8)));
  expect(shuffled(items, randomOf(7)).toSorted((left, right) => left - right)).toEqual(items);
});
