import { chassisAnnotation, type Resource, resourceSetOf } from '@berth/api';
import { describe, expect, it } from 'vitest';
import { emptyFabric, type Fabric, type NodeHealth } from '../../fabric/fabric.ts';
import { reported, withDead } from '../../testing/reported.ts';
import { gatewayNode, node } from '../../testing/resources.ts';
import { fabricWith } from '../../testing/settle.ts';
import { lookupOf } from '../object/lookup.ts';
import { gatewayOrder } from './gateway.ts';
import { gatewaySceneOf } from './gateway-node.ts';

function orderOf(
  vpc: string,
  nodes: readonly Resource[],
  fabric: Fabric,
): { readonly order: readonly string[]; readonly codes: readonly string[] } {
  const { gateways, findings } = gatewayOrder(
    { routerPort: `${vpc}-external0`, network: 'external0', vpc },
    gatewaySceneOf(lookupOf(resourceSetOf(nodes)), fabric, undefined),
  );
  return { order: gateways.map((each) => each.node), codes: findings.map(({ code }) => code) };
}

const names = ['node-1', 'node-2', 'node-3', 'node-4', 'node-5'];
const nodes = names.map((name) => gatewayNode(name));
const mapped = (which: readonly string[]): Record<string, string> =>
  Object.fromEntries(which.map((name) => [name, 'external0:br-external0']));
const fabric = fabricWith(mapped(names));
const vpcs = Array.from({ length: 200 }, (_, index) => `vpc${index + 1}`);

describe('candidates', () => {
  it('are the labelled nodes that have a chassis and the bridge', () => {
    const some = [node('plain'), ...nodes.slice(0, 3)];
    const { order, codes } = orderOf(
      'vpc1',
      some,
      fabricWith({ plain: 'external0:br', 'node-1': 'external0:br', 'node-2': 'other:br' }),
    );
    expect(order).toEqual(['node-1']);
    expect(codes).toEqual(['no-bridge-mapping', 'gateway-without-chassis']);
  });

  it('that are dead are told to be dead, also once SB has forgotten their chassis', () => {
    const two = nodes.slice(0, 2);
    const forgotten = reported(fabricWith(mapped(['node-1'])), {
      'node-1': {},
      'node-2': { isFresh: false },
    });
    expect(orderOf('vpc1', two, withDead(forgotten, 'node-2')).codes).toEqual(['gateway-dead']);
    expect(orderOf('vpc1', two, forgotten).codes).toEqual(['gateway-without-chassis']);
  });

  it('are found by the chassis annotation before the hostname', () => {
    const renamed = gatewayNode('node-9', { annotations: { [chassisAnnotation]: 'chassis-node-1' } });
    expect(orderOf('vpc1', [renamed], fabric).order).toEqual(['node-9']);
  });

  it('are at most five', () => {
    const many = Array.from({ length: 8 }, (_, index) => `g${index}`);
    const { order } = orderOf(
      'vpc1',
      many.map((name) => gatewayNode(name)),
      fabricWith(mapped(many)),
    );
    expect(order).toHaveLength(5);
  });

  it('of the present group stay as they are when none has the bridge any more', () => {
    const gateways = new Map([
      [
        'vpc1-external0',
        [
          { chassis: 'chassis-node-2', priority: 100 },
          { chassis: 'chassis-node-1', priority: 99 },
          { chassis: 'berth-keeper', priority: 0 },
        ],
      ],
    ]);
    const bare = { ...fabricWith({ 'node-1': '', 'node-2': '' }), gateways };
    expect(orderOf('vpc1', nodes.slice(0, 2), bare).order).toEqual(['node-2', 'node-1']);
    expect(orderOf('vpc1', [node('node-2'), gatewayNode('node-1')], bare).order).toEqual(['node-1']);
  });

  it('lack the network rather than their flows: what does not leave by it is served', () => {
    const members = [{ chassis: 'chassis-node-2', priority: 100 }];
    const health = new Map<string, NodeHealth>([
      ['node-1', { node: 'node-1', chassis: 'chassis-node-1', uplinks: new Map([['external0', false]]) }],
      ['node-2', { node: 'node-2', chassis: 'chassis-node-2', flowsInstalled: false }],
      ['node-3', { node: 'node-3', chassis: 'chassis-node-3', uplinks: new Map([['external0', true]]) }],
    ]);
    const dark = { ...fabric, health, gateways: new Map([['vpc1-external0', members]]) };
    expect(orderOf('vpc1', nodes.slice(0, 2), dark).order).toEqual(['node-1', 'node-2']);
    const both = [...members, { chassis: 'chassis-node-1', priority: 99 }];
    const standby = { ...dark, gateways: new Map([['vpc1-external0', both]]) };
    expect(orderOf('vpc1', nodes.slice(0, 2), standby).order).toEqual(['node-1', 'node-2']);
  });

  it('are none when nothing is known', () => {
    expect(orderOf('vpc1', nodes, emptyFabric).order).toEqual([]);
  });
});

describe('order', () => {
  it('begins with the gateway that serves, and a better one that comes back takes nothing away', () => {
    const [first = '', second = ''] = orderOf('vpc1', nodes, fabric).order;
    const serving = fabricWith(mapped(names), { 'cr-vpc1-external0': second });
    expect(orderOf('vpc1', nodes, serving).order.slice(0, 2)).toEqual([second, first]);
  });

  it('does not begin with a serving chassis that is no candidate', () => {
    const serving = fabricWith({ ...mapped(names), plain: 'external0:br' }, { 'cr-vpc1-external0': 'plain' });
    expect(orderOf('vpc1', [...nodes, node('plain')], serving).order).toEqual(
      orderOf('vpc1', nodes, fabric).order,
    );
  });

  it('does not depend on the order of nodes', () => {
    expect(orderOf('vpc7', [...nodes].reverse(), fabric)).toEqual(orderOf('vpc7', nodes, fabric));
  });

  it('moves only the VPCs of a node that is removed, and spreads those', () => {
    const gone = 'node-3';
    const rest = nodes.filter(({ metadata }) => metadata.name !== gone);
    const left = fabricWith(mapped(names.filter((name) => name !== gone)));
    const takers = new Set<string>();
    for (const vpc of vpcs) {
      const before = orderOf(vpc, nodes, fabric).order;
      const after = orderOf(vpc, rest, left).order;
      expect(after).toEqual(before.filter((name) => name !== gone));
      if (before[0] === gone && after[0] !== undefined) takers.add(after[0]);
    }
    expect(takers.size).toBe(4);
  });

  it.each([2, 3, 5])('spreads 200 VPCs over %i nodes', (count) => {
    const some = names.slice(0, count);
    const first = vpcs.map((vpc) => orderOf(vpc, nodes.slice(0, count), fabricWith(mapped(some))).order[0]);
    const fair = vpcs.length / count;
    for (const name of some) {
      const share = first.filter((each) => each === name).length;
      expect(share).toBeGreaterThan(fair * 0.6);
      expect(share).toBeLessThan(fair * 1.4);
    }
  });
});
