import { expect, it } from 'vitest';
import { pairs, singles } from './cases.ts';
import { representative, representatives, symmetriesOf } from './symmetry.ts';
import { type Topology, topologies } from './topology.ts';

const named = (wanted: string): Topology => {
  const found = topologies.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`there is no ${wanted}`);
  return found;
};

it('takes nodes of one role for each other', () => {
  const topology = named('n4g1v1');
  const symmetries = symmetriesOf(topology);
  expect(symmetries).toHaveLength(6);
  expect(representative('host:n3', topology, symmetries)).toBe('host:n1');
  expect(representative('tunnel:n2-n4,uplink:n3', topology, symmetries)).toBe('tunnel:n1-n4,uplink:n2');
  expect(representative('host:n4', topology, symmetries)).toBe('host:n4');
});

it('takes the two gateways for each other where the other VPC has them in the other order', () => {
  const topology = named('n3g2v2');
  const symmetries = symmetriesOf(topology);
  expect(symmetries).toHaveLength(2);
  expect(representative('host:n3;uplink:n2', topology, symmetries)).toBe('host:n2;uplink:n3');
  expect(symmetriesOf(named('n3g2v1'))).toHaveLength(1);
});

it('keeps apart nodes with pods and nodes without', () => {
  const [first, second] = representatives(['host:n1', 'host:n2'], named('n4g2v1-one-witness'));
  expect([first, second]).toEqual(['host:n1', 'host:n2']);
});

it('keeps the order of what happens one after the other', () => {
  const topology = named('n2g2v1');
  expect(representatives(['host:n1;host:n2', 'host:n2;host:n1'], topology)).toHaveLength(2);
});

it.each(topologies.map((topology) => [topology.name, topology] as const))(
  '%s: every case has exactly one representative, which represents itself',
  (_, topology) => {
    const symmetries = symmetriesOf(topology);
    const all = [...singles(topology), ...pairs(topology)];
    const chosen = representatives(all, topology);
    for (const text of chosen) expect(representative(text, topology, symmetries)).toBe(text);
    const covered = new Set(all.map((text) => representative(text, topology, symmetries)));
    expect([...covered].sort()).toEqual([...chosen].sort());
  },
);
