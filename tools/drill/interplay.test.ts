import { expect, it } from 'vitest';
import { setsOf } from './cases.ts';
import { interplay } from './interplay.ts';
import { matrixOf, sampleSize } from './matrix-cases.ts';
import { topologies } from './topology.ts';

const plays = (text: string, name: string): boolean => {
  const topology = topologies.find((each) => each.name === name);
  const [one, other] = topology === undefined ? [] : setsOf(text, topology).flat();
  if (topology === undefined || one === undefined || other === undefined) throw new Error(`${name}: ${text}`);
  expect(interplay(other, one, topology)).toBe(interplay(one, other, topology));
  return interplay(one, other, topology);
};

it.each([
  ['host:n2,host:n3', true, 'the last gateway'],
  ['host:n1,host:n2', true, 'the last witness'],
  ['host:n2,uplink:n3', true, 'the heir has no wire'],
  ['host:n1,uplink:n3', false, 'nobody would choose anew'],
  ['uplink:n2,uplink:n3', false, 'nobody notices either'],
  ['tunnel:n2,control:n3', true, 'the heir cannot tell'],
  ['host:n2,ovn-controller:n1', false, 'a sender goes by its own tunnels'],
  ['ovn-controller-exit:n2,ovn-controller:n1', true, 'the sender is not told'],
  ['sb,host:n2', true, 'nobody is told'],
  ['northd,host:n2', false, 'a choice does not need it'],
  ['host:n2,tunnel:n2', false, 'the one is part of the other'],
  ['tunnel:n2,tunnel:n1-n2', false, 'the one is part of the other'],
  ['vswitchd:n2,host:n3', false, 'its twin is played'],
  ['tunnel:n1-n2,tunnel:n2-n3', true, 'both are seen by a gateway'],
] as const)('n3g2v1 %s: %s, %s', (text, expected, _why) => {
  expect(plays(text, 'n3g2v1')).toBe(expected);
});

it('sees no interplay where there is no choice, or at a node without any part', () => {
  expect(plays('host:n2,host:n3', 'n3g1v2')).toBe(false);
  expect(plays('host:n1,host:n3', 'n4g2v1-gateway-pods')).toBe(false);
  expect(plays('host:n4,host:n3', 'n4g2v1-gateway-pods')).toBe(true);
});

it.each(topologies.map((topology) => [topology.name, topology] as const))(
  '%s: the seed decides the sample and nothing else',
  (_, topology) => {
    const [one, other] = [matrixOf(topology, 1), matrixOf(topology, 2)];
    const of = (cases: typeof one, isSampled: boolean) =>
      cases.filter(({ sort }) => (sort === 'sampled') === isSampled).map(({ text }) => text);
    expect(matrixOf(topology, 1)).toEqual(one);
    expect(of(one, false)).toEqual(of(other, false));
    expect(of(one, true)).toHaveLength(sampleSize);
    expect(of(one, true)).not.toEqual(of(other, true));
    expect(new Set(one.map(({ text }) => text)).size).toBe(one.length);
  },
);
