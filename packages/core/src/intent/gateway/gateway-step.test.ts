import { type Resource, resourceSetOf } from '@berth/api';
import { describe, expect, it } from 'vitest';
import type { Fabric } from '../../fabric/fabric.ts';
import { reported, withDead, withMembers } from '../../testing/reported.ts';
import { gatewayNode, gatewayPolicy, node } from '../../testing/resources.ts';
import { fabricWith } from '../../testing/settle.ts';
import { lookupOf } from '../object/lookup.ts';
import { gatewayOrder } from './gateway.ts';
import { gatewaySceneOf } from './gateway-node.ts';

const port = 'vpc1-external0';
const bridge = 'external0:br-external0';
const mapped = { a: bridge, b: bridge, c: bridge };

/** The group whose members NB has, and of which one serves. */
function group(serving: string | undefined, ...members: readonly string[]): Fabric {
  const claims: Record<string, string> = serving === undefined ? {} : { [`cr-${port}`]: serving };
  return withMembers(fabricWith(mapped, claims), port, ...members);
}

function decide(fabric: Fabric, ...objects: readonly Resource[]) {
  const set = resourceSetOf(objects);
  const [policy] = set.GatewayPolicy;
  const scene = gatewaySceneOf(lookupOf(set), fabric, undefined);
  const decision = gatewayOrder({ routerPort: port, network: 'external0', vpc: 'vpc1', policy }, scene);
  return {
    order: decision.gateways.map((each) => each.node),
    codes: decision.findings.map(({ code }) => code),
    isLost: decision.isLost,
    drain: decision.drain,
  };
}

const order = (fabric: Fabric, ...objects: readonly Resource[]) => decide(fabric, ...objects).order;
const [a, b, c] = [gatewayNode('a'), gatewayNode('b'), gatewayNode('c')];
const cordoned = gatewayNode('a', { cordoned: true });

describe('a gateway that serves and is wanted no more', () => {
  it('stays as the last member until the claim has moved', () => {
    expect(order(group('a', 'a', 'b'), cordoned, b)).toEqual(['b', 'a']);
    expect(order(group('b', 'b', 'a'), cordoned, b)).toEqual(['b']);
  });

  it('stays also when its node has no label or is gone from Kubernetes', () => {
    expect(order(group('a', 'a', 'b'), node('a'), b)).toEqual(['b', 'a']);
    expect(order(group('a', 'a', 'b'), b)).toEqual(['b', 'a']);
  });

  it('goes at once when it is confirmed dead, or was no member', () => {
    expect(order(withDead(group('a', 'a', 'b'), 'a'), a, b)).toEqual(['b']);
    expect(order(group('a', 'b'), node('a'), b)).toEqual(['b']);
  });

  it('stays first while BFD does not see the one that is to come first, and no longer', () => {
    const seen = (isUp: boolean, ...members: readonly string[]) =>
      reported(group('a', ...members), { a: { sees: { b: isUp } } });
    expect(order(seen(false, 'a'), cordoned, b)).toEqual(['a', 'b']);
    expect(order(seen(false, 'a', 'b'), cordoned, b)).toEqual(['a', 'b']);
    expect(order(seen(true, 'a', 'b'), cordoned, b)).toEqual(['b', 'a']);
    expect(order(reported(group('a', 'a', 'b'), { b: { sees: { a: true } } }), cordoned, b)).toEqual([
      'b',
      'a',
    ]);
  });

  it('does not stay first for one that has no flows, and so sees nobody and sends to nobody', () => {
    const seen = (flowsInstalled: boolean) =>
      reported(group('a', 'a', 'b'), {
        a: { sees: { b: true } },
        c: { flowsInstalled, sees: { a: false, b: false } },
      });
    expect(order(seen(true), cordoned, b, node('c'))).toEqual(['a', 'b']);
    expect(order(seen(false), cordoned, b, node('c'))).toEqual(['b', 'a']);
  });

  it('does not stay first where it is dark anyway', () => {
    const dark = reported(group('a', 'a', 'b'), { a: { up: false, sees: { b: false } }, b: { up: true } });
    expect(order(dark, a, b)).toEqual(['b', 'a']);
  });
});

describe('a claim', () => {
  const held = (fabric: Fabric, by?: string): Fabric => ({
    ...fabric,
    heldClaims: new Map(by === undefined ? [] : [[`cr-${port}`, `chassis-${by}`]]),
  });

  it('moves the order only once it has held', () => {
    expect(order(held(group('b', 'a', 'b')), a, b)).toEqual(['a', 'b']);
    expect(order(held(group('b', 'a', 'b'), 'b'), a, b)).toEqual(['b', 'a']);
  });

  it('changes nothing before that, though BFD sees the one before it no more', () => {
    const flapping = reported(group('b', 'a', 'b'), { b: { sees: { a: false } } });
    expect(order(held(flapping), a, b)).toEqual(['a', 'b']);
    expect(order(held(flapping, 'b'), a, b)).toEqual(['b', 'a']);
  });

  it('that the order asked for is not taken back while the one before still counts as held', () => {
    expect(order(held(group('b', 'b', 'a'), 'a'), a, b)).toEqual(['b', 'a']);
  });

  it('is followed at once where nobody watches the time', () => {
    expect(order(group('b', 'a', 'b'), a, b)).toEqual(['b', 'a']);
  });

  it('that nobody has leaves the order as it is', () => {
    const even = order(fabricWith(mapped), a, b, c);
    const other = [...even].reverse();
    expect(order(group(undefined, ...other), a, b, c)[0]).toBe(other[0]);
  });
});

describe('a node', () => {
  it('that has no flows takes nothing until it has', () => {
    const fabric = group('b', 'b', 'a');
    expect(order(reported(fabric, { a: { flowsInstalled: false } }), a, b)).toEqual(['b']);
    expect(order(reported(fabric, { a: { flowsInstalled: true } }), a, b)).toEqual(['b', 'a']);
  });

  it('that comes back takes nothing on the word its agent gave before, unless there is nobody else', () => {
    const back = { a: { flowsInstalled: true, isFresh: false }, b: { flowsInstalled: true, isFresh: true } };
    expect(order(reported(group('b', 'b'), back), a, b)).toEqual(['b']);
    expect(order(reported(group('b', 'b', 'a'), back), a, b)).toEqual(['b', 'a']);
    const alone = reported(group(undefined), { a: { isFresh: false } });
    expect(decide(alone, a)).toMatchObject({ order: ['a'], isLost: false });
    const distribute = gatewayPolicy('p', { placement: 'Centralized', onGatewayLoss: 'Distribute' });
    expect(decide(alone, a, distribute)).toMatchObject({ order: [], isLost: true });
    expect(decide(reported(group('a', 'a'), { a: { isFresh: false } }), a, distribute)).toMatchObject({
      order: ['a'],
      isLost: false,
    });
  });

  it('that has lost the network is no gateway, unless all have', () => {
    const fabric = group('a', 'a', 'b');
    const one = reported(fabric, { a: { up: false }, b: { up: true } });
    expect(decide(one, a, b)).toMatchObject({ order: ['b', 'a'], codes: ['uplink-down'], isLost: false });
    const all = reported(fabric, { a: { up: false }, b: { up: false } });
    expect(decide(all, a, b)).toMatchObject({ order: ['a', 'b'], codes: [], isLost: false });
  });

  it('that was the last gateway is never taken away by a probe', () => {
    const fabric = reported(group('a', 'a'), { a: { up: false }, b: { up: true } });
    expect(decide(fabric, a, node('b'))).toMatchObject({
      order: ['a'],
      codes: ['uplink-down'],
      isLost: true,
    });
  });

  it('that is NotReady is one while no other can be, always, or never, as the policy says', () => {
    const fabric = reported(group('a', 'a', 'b'), { a: { ready: false }, b: { ready: true } });
    const both = reported(group('a', 'a', 'b'), { a: { ready: false }, b: { ready: false } });
    const with_ = (nodeReady: 'Ignore' | 'Respect' | 'Strict') =>
      gatewayPolicy('p', { health: { nodeReady } });
    expect(order(fabric, a, b)).toEqual(['b', 'a']);
    expect(order(fabric, a, b, with_('Ignore'))).toEqual(['a', 'b']);
    expect(decide(both, a, b)).toMatchObject({
      order: ['a', 'b'],
      codes: ['gateway-not-ready', 'gateway-not-ready', 'gateway-not-ready'],
      isLost: false,
    });
    expect(decide(both, a, b, with_('Strict'))).toMatchObject({ order: [], isLost: true });
  });

  it('is NotReady by the word of Kubernetes before that of its agent', () => {
    const said = { ...a, status: { conditions: [{ type: 'Ready', status: 'True' }] } };
    const fabric = reported(group('a', 'a', 'b'), { a: { ready: false } });
    expect(order(fabric, said, b)).toEqual(['a', 'b']);
    const unknown = { ...a, status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } };
    expect(order(group('a', 'a', 'b'), unknown, b)).toEqual(['b', 'a']);
  });
});

describe('a policy', () => {
  it('selects its gateways in place of the label, and no more than it wants', () => {
    const edge = (name: string) => node(name, { labels: { edge: 'yes' } });
    const selector = { nodeSelector: { matchLabels: { edge: 'yes' } } };
    const fabric = fabricWith(mapped);
    expect(
      order(fabric, a, edge('b'), edge('c'), gatewayPolicy('p', { gateways: selector })).toSorted(),
    ).toEqual(['b', 'c']);
    expect(order(fabric, a, b, c, gatewayPolicy('p', { gateways: { maximum: 2 } }))).toHaveLength(2);
  });
});

describe('a gateway that is to leave under a policy that gives it time', () => {
  const patient = gatewayPolicy('p', { gateways: { drainSeconds: 60 } });
  const draining = { node: 'a', to: 'b', seconds: 60, isOver: false };
  const over = (fabric: Fabric): Fabric => ({ ...fabric, drained: new Set([`${port} a`]) });

  it.each<[string, readonly Resource[]]>([
    ['is cordoned', [cordoned, b]],
    ['has lost its label', [node('a'), b]],
    ['is gone from Kubernetes', [b]],
  ])('serves on while it %s, with the next one beside it, and goes when the time is over', (_, nodes) => {
    expect(decide(group('a', 'a', 'b'), ...nodes, patient)).toMatchObject({
      order: ['a', 'b'],
      drain: draining,
    });
    expect(decide(over(group('a', 'a', 'b')), ...nodes, patient)).toMatchObject({
      order: ['b', 'a'],
      drain: { ...draining, isOver: true },
    });
    const gone = decide(over(group('b', 'b', 'a')), ...nodes, patient);
    expect(gone).toMatchObject({ order: ['b'], drain: undefined });
  });

  it('is known to have drained until it serves no more, also while it waits for BFD', () => {
    const unseen = over(reported(group('a', 'a'), { a: { sees: { b: false } } }));
    expect(decide(unseen, cordoned, b, patient)).toMatchObject({
      order: ['a', 'b'],
      drain: { isOver: true },
    });
  });

  it('does not come back first once NB prefers another, though nobody remembers its time', () => {
    expect(order(group('a', 'b', 'a'), cordoned, b, patient)).toEqual(['b', 'a']);
  });

  it('is given up as soon as it fails', () => {
    const failing: readonly Fabric[] = [
      withDead(group('a', 'a', 'b'), 'a'),
      reported(group('a', 'a', 'b'), { a: { up: false }, b: { up: true } }),
      reported(group('a', 'a', 'b'), { a: { ready: false }, b: { ready: true } }),
      reported(group('a', 'a', 'b'), { a: { flowsInstalled: false } }),
    ];
    for (const fabric of failing) {
      const { order: now, drain } = decide(fabric, cordoned, b, patient);
      expect([now[0], drain]).toEqual(['b', undefined]);
    }
  });

  it('stays what it is when it is wanted again, or when there is no other', () => {
    expect(decide(group('a', 'a', 'b'), a, b, patient)).toMatchObject({
      order: ['a', 'b'],
      drain: undefined,
    });
    expect(decide(group('a', 'a'), cordoned, patient)).toMatchObject({ order: ['a'], drain: undefined });
  });

  it('moves at once without such a policy', () => {
    expect(decide(group('a', 'a', 'b'), cordoned, b)).toMatchObject({ order: ['b', 'a'], drain: undefined });
  });
});
