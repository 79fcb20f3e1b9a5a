import { rebalanceAnnotation } from '@berth/api';
import { describe, expect, it } from 'vitest';
import type { Fabric } from '../fabric/fabric.ts';
import { fieldStoryWith } from '../testing/field-story.ts';
import { reported, withMembers } from '../testing/reported.ts';
import { gatewayNode, vpc } from '../testing/resources.ts';
import { fabricWith, settings, settle } from '../testing/settle.ts';
import { unevenGateways } from './rebalance.ts';

const bridge = 'external0:br-external0';
const names = ['g1', 'g2', 'g3'];
const vpcs = ['v1', 'v2', 'v3', 'v4', 'v5', 'v6'];
const objects = fieldStoryWith(
  ...names.map((name) => gatewayNode(name)),
  ...vpcs.map((name) => vpc(name, { enableExternal: true })),
);
const { resources } = settle(objects, fabricWith({}));

/** Every VPC is served by one gateway, and NB has them all. */
function servedBy(gateway: string): Fabric {
  const nodes = Object.fromEntries(names.map((name) => [name, bridge]));
  const claims = Object.fromEntries(vpcs.map((name) => [`cr-${name}-external0`, gateway]));
  const order = [gateway, ...names.filter((name) => name !== gateway)];
  return vpcs.reduce(
    (fabric, name) => withMembers(fabric, `${name}-external0`, ...order),
    fabricWith(nodes, claims),
  );
}

const firstOf = (fabric: Fabric, extra = {}): readonly (string | undefined)[] =>
  settle(objects, fabric, extra).intent.vpcs.map(({ attachments }) => attachments[0]?.gateways[0]?.node);

describe('rebalancing', () => {
  it('moves every VPC that is not where it belongs, to three gateways', () => {
    const uneven = unevenGateways(resources, servedBy('g1'), settings);
    expect(new Set(uneven.map(({ to }) => to.node))).toEqual(new Set(['g2', 'g3']));
    expect(uneven.every(({ from }) => from === 'chassis-g1')).toBe(true);
  });

  it('has nothing to do once it is carried out, and nothing moves back then', () => {
    const fabric = servedBy('g1');
    const even = firstOf(fabric, { rebalance: new Set(vpcs) });
    expect(firstOf(fabric)).toEqual(even.map((name) => name && 'g1'));
    const claims = new Map(
      settle(objects, fabric, { rebalance: new Set(vpcs) }).intent.vpcs.flatMap(({ name, attachments }) =>
        attachments.map(({ gateways }) => [`cr-${name}-external0`, gateways[0]?.chassis ?? ''] as const),
      ),
    );
    const after = { ...fabric, claims };
    expect(unevenGateways(resources, after, settings)).toEqual([]);
    expect(firstOf(after)).toEqual(even);
  });

  it('is asked for by an annotation on the Vpc, for that one alone', () => {
    const fabric = servedBy('g1');
    const [one] = unevenGateways(resources, fabric, settings);
    const annotated = objects.map((object) =>
      object.kind === 'Vpc' && object.metadata.name === one?.vpc
        ? { ...object, metadata: { ...object.metadata, annotations: { [rebalanceAnnotation]: '1' } } }
        : object,
    );
    const { intent } = settle(annotated, fabric);
    const moved = intent.vpcs.filter(
      ({ attachments }) => (attachments[0]?.gateways[0]?.node ?? 'g1') !== 'g1',
    );
    expect(moved.map(({ name }) => name)).toEqual(one ? [one.vpc] : ['none is uneven']);
  });

  it('is told of a VPC also while it waits for BFD', () => {
    const waiting = reported(servedBy('g1'), { g1: { sees: { g2: false, g3: false } } });
    expect(unevenGateways(resources, waiting, settings)).toEqual(
      unevenGateways(resources, servedBy('g1'), settings),
    );
    expect(new Set(firstOf(waiting, { rebalance: new Set(vpcs) }))).toEqual(new Set(['g1']));
  });
});
