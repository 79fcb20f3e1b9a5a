import { type Resource, resourceSetOf } from '@berth/api';
import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf } from '@berth/ovsdb/value';
import { describe, expect, it } from 'vitest';
import type { Fabric } from '../../fabric/fabric.ts';
import { formerOrderEntry } from '../../fabric/former-order.ts';
import { type Report, reported, withDead, withMembers } from '../../testing/reported.ts';
import { gatewayNode, gatewayPolicy, node } from '../../testing/resources.ts';
import { fabricWith } from '../../testing/settle.ts';
import { lookupOf } from '../object/lookup.ts';
import { gatewayOrder } from './gateway.ts';
import { gatewaySceneOf } from './gateway-node.ts';

const port = 'vpc1-external0';
const bridge = 'external0:br-external0';

/** A group, most preferred first, of agents that say the whole is sound, but for what a test says. */
function group(serving: string | undefined, members: string, reports: Record<string, Report> = {}): Fabric {
  const claims: Record<string, string> = serving === undefined ? {} : { [`cr-${port}`]: serving };
  const fabric = withMembers(fabricWith({ a: bridge, b: bridge, c: bridge }, claims), port, ...members);
  const sound = { ...{ controllerRuns: true, controllerConnected: true, flowsInstalled: true, up: true } };
  const sees = { a: true, b: true, c: true };
  return reported(
    { ...fabric, stuck: new Set() },
    Object.fromEntries(['a', 'b', 'c'].map((name) => [name, { ...sound, sees, ...reports[name] }])),
  );
}

function decide(fabric: Fabric, objects: readonly Resource[], rebalance = false) {
  const set = resourceSetOf(objects);
  const [policy] = set.GatewayPolicy;
  const scene = gatewaySceneOf(lookupOf(set), fabric, undefined);
  const question = { routerPort: port, network: 'external0', vpc: 'vpc1', policy, rebalance };
  const { gateways, findings, isLost, drain } = gatewayOrder(question, scene);
  const codes = findings.map(({ code }) => code);
  return { order: gateways.map((each) => each.node).join(''), codes, findings, isLost, drain };
}

const dead = { controllerRuns: false };
const hanging = { controllerConnected: false };
const [b, c] = [gatewayNode('b'), gatewayNode('c')];
const unlabelled = [node('a'), b];
const cordoned = [gatewayNode('a', { cordoned: true }), b];
const ofB = (report: Report) => ({ b: report });

/** What the other is, how agents tell it, and how it is told. */
const out: readonly (readonly [string, (serving: string | undefined, members: string) => Fabric, string])[] =
  [
    [
      'has no ovn-controller',
      (serving, members) => group(serving, members, ofB(dead)),
      'stands still: ovn-controller does not run there',
    ],
    [
      'hangs, though NB has not changed since',
      (serving, members) => group(serving, members, ofB(hanging)),
      'has an ovn-controller that does not follow SB',
    ],
    [
      'has no flows',
      (serving, members) => group(serving, members, ofB({ flowsInstalled: false })),
      'has no flows yet',
    ],
    [
      'lost its uplink',
      (serving, members) => group(serving, members, ofB({ up: false })),
      'has lost network external0',
    ],
    ['is dead', (serving, members) => withDead(group(serving, members), 'b'), 'is confirmed dead'],
    [
      'is silent, and no tunnel sees it',
      (serving, members) => {
        const unseen = { sees: { a: true, b: false, c: true } };
        return group(serving, members, { a: unseen, c: unseen, b: { isFresh: false } });
      },
      'is not heard',
    ],
  ];

describe.each([
  ['loses its label', unlabelled],
  ['is cordoned', cordoned],
])('a sound gateway that %s', (_, nodes) => {
  it.each(out)('goes on as the first while the other %s, and it is told why', (_, fabric, why) => {
    for (const members of ['ab', 'ba']) {
      const { order, findings, isLost } = decide(fabric('a', members), nodes);
      expect({ order, isLost }).toEqual({ order: 'ab', isLost: false });
      const told = findings.find(({ code }) => code === 'no-candidate');
      expect(told?.message).toMatch(
        /^no gateway node of vpc.vpc1 (can take over from a, which is|is fit for) /,
      );
      expect(told?.message).toContain(`b ${why}`);
    }
  });

  it.each(out)('gets back a role that nobody has, where the other %s', (_, fabric) => {
    expect(decide(fabric(undefined, 'ba'), nodes)).toMatchObject({ order: 'ab', isLost: false });
  });

  it('gives the role to another that is sound, and is a member until that one has it', () => {
    expect(decide(group('a', 'ab'), nodes)).toMatchObject({ order: 'ba', codes: [] });
    expect(decide(group(undefined, 'ba'), nodes)).toMatchObject({ order: 'ba', codes: [] });
    expect(decide(group('b', 'ba'), nodes)).toMatchObject({ order: 'b', codes: [] });
  });

  it('gives it to the one that is sound of several', () => {
    for (const [hangs, sound] of ['bc', 'cb'].map((pair) => [...pair]))
      expect(decide(group('a', 'abc', { [hangs ?? '']: hanging }), [...nodes, c]).order).toBe(
        `${sound}${hangs}a`,
      );
  });

  it('is left at once where it is out itself', () => {
    const dark = group('a', 'ab', { a: { flowsInstalled: false }, b: dead });
    expect(decide(dark, nodes).order).toBe('ba');
  });

  it('is given time once, though the other cannot take over meanwhile', () => {
    const patient = gatewayPolicy('p', { gateways: { drainSeconds: 30 } });
    const asked = decide(group('a', 'ab', ofB(dead)), [...nodes, patient]);
    expect(asked).toMatchObject({ order: 'ab', drain: { node: 'a', isOver: false } });
  });
});

describe('a gateway whose Node object was deleted', () => {
  const off = gatewayNode('c', { cordoned: true });

  it('goes on as the first while its chassis lives and no other can take over, and leaves once one can', () => {
    for (const others of [[], [node('b')], [b], [b, off]])
      expect(decide(group('a', 'ab', ofB(dead)), others).order, `${others.length}`).toMatch(/^a/);
    expect(decide(group('a', 'ab'), [b]).order).toBe('ba');
    const [told] = decide(group('a', 'a'), []).findings;
    expect(told).toMatchObject({
      code: 'no-candidate',
      message:
        'no gateway node of vpc/vpc1 can take over from a, which has no Node any more and goes on as the first: no other node is chosen',
      cure: 'choose another gateway node; where the machine of a is to go on, make its Node anew',
    });
    const said = (objects: readonly Resource[]) =>
      decide(group('a', 'ab', ofB(dead)), objects).findings.find(({ code }) => code === 'no-candidate')
        ?.message;
    expect(said([b])).toMatch(/from a, which has no Node any more and goes on as the first: b stands still/);
    expect(said(cordoned)).toMatch(/which is to leave and goes on/);
  });

  it('is left once it is dead, or forwards nothing', () => {
    expect(decide(withDead(group('a', 'a'), 'a'), []).order).toBe('');
    expect(decide(group('a', 'a', { a: { flowsInstalled: false } }), []).order).toBe('');
  });

  it('has its standby beside it, whose Node object was deleted too', () => {
    expect(decide(group('a', 'ba'), [node('c')]).order).toBe('ab');
    expect(decide(group('a', 'ba'), [node('b')]).order).toBe('a');
  });
});

it('a gateway that nothing chooses, as nothing chooses any, is left', () => {
  expect(decide(group('a', 'ab'), [node('a'), node('b')]).order).toBe('');
});

it('a gateway that is NotReady stays while the other stands still, unless the kubelet is to be believed', () => {
  const fabric = group('a', 'ab', { a: { ready: false }, b: dead });
  const both = [gatewayNode('a'), b];
  expect(decide(fabric, both).order).toBe('ab');
  expect(decide(fabric, [...both, gatewayPolicy('p', { health: { nodeReady: 'Strict' } })]).order).toBe('ba');
});

it('a new spread takes nothing from a gateway that serves for one that hangs', () => {
  const nodes = [gatewayNode('a'), b];
  const [first = '', other = ''] = decide(group(undefined, 'ab'), nodes, true).order;
  const hangs = group(other, `${other}${first}`, { [first]: hanging });
  expect(decide(hangs, nodes, true).order).toBe(`${other}${first}`);
});

describe('a gateway that lost its uplink, and its label meanwhile, while the other hangs', () => {
  const lostUplink: Record<string, Report> = { a: { up: false } };
  const hung = { b: hanging };

  it('is a member until somebody can take over, and serves once its uplink is back', () => {
    expect(decide(group('a', 'ba', { ...lostUplink, ...hung }), unlabelled).order).toBe('ba');
    // b comes first and does not claim the port, which a has let go of.
    expect(decide(group(undefined, 'ba', { ...lostUplink, ...hung }), unlabelled).order).toBe('ba');
    expect(decide(group(undefined, 'ba', hung), unlabelled).order).toBe('ab');
    expect(decide(group('a', 'ab', hung), unlabelled).order).toBe('ab');
  });

  it('is none where the other can take over or has, nor where it is gone itself', () => {
    expect(decide(group(undefined, 'ba', lostUplink), unlabelled).order).toBe('b');
    expect(decide(group('b', 'ba', { ...lostUplink, ...hung }), unlabelled).order).toBe('b');
    expect(decide(withDead(group(undefined, 'ba', hung), 'a'), unlabelled).order).toBe('b');
    expect(decide(group(undefined, 'ba', { a: { flowsInstalled: false }, ...hung }), unlabelled).order).toBe(
      'b',
    );
  });
});

describe('a gateway that lost its uplink while the only other one has hung for a while', () => {
  const both = [gatewayNode('a'), b];
  const lost: Record<string, Report> = { a: { up: false }, b: { ...hanging, controllerHangs: true } };
  /** b has got as far as 4, and NB had this order before change 5. */
  const hung = (serving: string | undefined, members: string, before = members): Fabric => {
    const order = [...before].map((name) => `chassis-${name}`);
    const ids = new Map([formerOrderEntry({ number: 5, isAfter: false }, order)]);
    const rows = { Logical_Router_Port: [{ name: port, external_ids: ids }] };
    return {
      ...group(serving, members, lost),
      ...{ stuck: new Set(['chassis-b']), behind: new Map([['chassis-b', 4]]) },
      northbound: snapshotOf<NbTables>(nbSchema, rows),
    };
  };

  it('stays first, so that what stays inside is served and the rest as soon as its uplink is back', () => {
    expect(decide(hung('a', 'ab'), both)).toMatchObject({ order: 'ab', isLost: true });
  });

  it('is first again where the role was given away before that was known', () => {
    expect(decide(hung(undefined, 'ba', 'ab'), both)).toMatchObject({ order: 'ab', isLost: true });
  });

  it('comes after one that may act as the gateway still, as it was the first when it stood still', () => {
    expect(decide(hung(undefined, 'ba', 'ba'), both)).toMatchObject({ order: 'ba', isLost: false });
  });

  it('gives the role away once the other goes on, and at once where a third one can take it', () => {
    expect(decide(group('a', 'ab', { a: { up: false } }), both)).toMatchObject({
      order: 'ba',
      isLost: false,
    });
    expect(decide(hung('a', 'abc'), [...both, c])).toMatchObject({ order: 'cba', isLost: false });
  });

  it('leaves no gateway out that is chosen', () => {
    expect(decide(hung(undefined, 'b', 'a'), both).order).toBe('ab');
    expect(decide(hung(undefined, ''), [b]).order).toBe('b');
    expect(decide(hung('a', 'a'), both).order).toBe('ab');
  });

  it('is told to be lost only where the one that hangs does not serve', () => {
    expect(decide(hung('b', 'ba'), both)).toMatchObject({ order: 'b', isLost: false });
  });
});
