import { type Resource, resourceSetOf } from '@berth/api';
import { describe, expect, it } from 'vitest';
import type { Chassis, Fabric } from '../../fabric/fabric.ts';
import { type Report, reported, withDead, withMembers } from '../../testing/reported.ts';
import { gatewayNode, gatewayPolicy } from '../../testing/resources.ts';
import { fabricWith } from '../../testing/settle.ts';
import { lookupOf } from '../object/lookup.ts';
import { gatewayOrder } from './gateway.ts';
import { gatewaySceneOf } from './gateway-node.ts';

const port = 'vpc1-external0';
const bridge = 'external0:br-external0';
const [a, b, c] = [gatewayNode('a'), gatewayNode('b'), gatewayNode('c')];

/** The group whose members NB has, and of which one serves. */
function group(serving: string | undefined, ...members: readonly string[]): Fabric {
  const claims: Record<string, string> = serving === undefined ? {} : { [`cr-${port}`]: serving };
  return withMembers(fabricWith({ a: bridge, b: bridge, c: bridge, n: bridge }, claims), port, ...members);
}

/** A group that agents tell of: they are heard, and have flows unless they say otherwise. */
function told(
  serving: string | undefined,
  members: readonly string[],
  reports: Readonly<Record<string, Report>>,
): Fabric {
  const settledClaims = new Set<string>();
  return { ...reported(group(serving, ...members), reports), settledClaims };
}

function decide(fabric: Fabric, ...objects: readonly Resource[]) {
  const set = resourceSetOf(objects);
  const [policy] = set.GatewayPolicy;
  const scene = gatewaySceneOf(lookupOf(set), fabric, undefined);
  const { gateways, waiting, findings } = gatewayOrder(
    { routerPort: port, network: 'external0', vpc: 'vpc1', policy },
    scene,
  );
  return {
    order: gateways.map(({ node }) => node),
    waiting,
    told: findings.map(({ code, object }) => `${object?.name} ${code}`),
  };
}

function chassisOf(name: string): Chassis {
  return { name: `chassis-${name}`, hostname: name, mappings: new Set() };
}

const [first = '', second = ''] = decide(group(undefined), a, b).order;
const free = { flowsInstalled: true, controllerRuns: true };
const sees = (...others: readonly string[]): Report => ({
  ...free,
  sees: Object.fromEntries(others.map((each) => [each, true])),
});
const empty = { flowsInstalled: false, controllerRuns: true };

describe('gateways that come back together', () => {
  it('come into the group one after the other, and it is said of those that wait', () => {
    const back = told(undefined, [], { a: { ...free, sees: {} }, b: { ...free, sees: {} } });
    expect(decide(back, a, b)).toEqual({
      order: [first],
      waiting: [second],
      told: [`${second} gateway-waits`],
    });
    const asked = told(undefined, [first], { a: sees(), b: sees() });
    expect(decide(asked, a, b)).toMatchObject({ order: [first], waiting: [second] });
  });

  it('join the one that serves when BFD is up at both ends', () => {
    const order = (left: Report, right: Report) =>
      decide(told('a', ['a'], { a: left, b: right }), a, b).order;
    expect(order(sees('n'), sees('n'))).toEqual(['a']);
    expect(order(sees('b'), sees('n'))).toEqual(['a']);
    expect(order(sees('n'), sees('a'))).toEqual(['a']);
    expect(order(sees('b'), sees('a'))).toEqual(['a', 'b']);
    expect(order(sees('b'), { ...sees('a'), isFresh: false })).toEqual(['a']);
  });

  it('wait for those that send to it until its claim has settled', () => {
    const reports = { a: sees('b'), b: sees('a'), n: { ...free, sees: { a: false } } };
    const young = told('a', ['a'], reports);
    expect(decide(young, a, b).order).toEqual(['a']);
    expect(decide({ ...young, settledClaims: new Set([`cr-${port}`]) }, a, b).order).toEqual(['a', 'b']);
    expect(decide(told('a', ['a'], { ...reports, n: sees('a') }), a, b).order).toEqual(['a', 'b']);
  });

  it('all come at once where no agent tells what BFD sees', () => {
    expect(decide(group(undefined), a, b)).toMatchObject({ order: [first, second], waiting: [] });
    const some = told('a', ['a'], { a: sees('n'), n: sees('a') });
    expect(decide(some, a, b).order).toEqual(['a', 'b']);
    expect(decide(told(undefined, [], { a: free, b: free }), a, b).order).toEqual([first, second]);
  });

  it('stay members whatever BFD says', () => {
    const cut = told('a', ['a', 'b'], { a: sees('n'), b: sees('n') });
    expect(decide(cut, a, b)).toMatchObject({ order: ['a', 'b'], waiting: [] });
  });
});

describe('the role', () => {
  it('stays with a member that is about to have its flows, while another one is not heard of yet', () => {
    const unheard = { ...sees(), isFresh: false };
    expect(decide(told('a', ['a'], { a: empty, b: unheard }), a, b).order).toEqual(['a']);
    expect(decide(told(undefined, [], { a: empty, b: unheard }), a, b).order).toEqual(['b']);
    const gone = { ...empty, controllerRuns: false };
    expect(decide(told('a', ['a'], { a: gone, b: unheard }), a, b).order).toEqual(['b', 'a']);
  });

  it('is taken over from one by a newcomer that may join only', () => {
    const late = (left: Report, right: Report) =>
      decide(told('a', ['a'], { a: { ...left, ...empty }, b: right }), a, b).order;
    expect(late(sees(), sees('n'))).toEqual(['a']);
    expect(late(sees('b'), sees('a'))).toEqual(['a', 'b']);
    const joined = told('a', ['a', 'b'], { a: { ...sees('b'), ...empty }, b: sees('a') });
    expect(decide(joined, a, b).order).toEqual(['b', 'a']);
  });

  it('moves as planned once those that send to the next one see it, and one of many that does not is not waited for', () => {
    const cordoned = gatewayNode('a', { cordoned: true });
    const move = (members: readonly string[], ...views: readonly boolean[]) => {
      const others = views.map((isUp, place) => [`n${place}`, { ...free, sees: { b: isUp } }] as const);
      const reports = { a: sees('b'), b: sees('a'), ...Object.fromEntries(others) };
      const fabric = told('a', members, reports);
      const known = [
        ...fabric.chassis,
        ...others.map(([name]) => [`chassis-${name}`, chassisOf(name)] as const),
      ];
      const settledClaims = new Set([`cr-${port}`]);
      return decide({ ...fabric, chassis: new Map(known), settledClaims }, cordoned, b).order;
    };
    expect(move(['a'], true)).toEqual(['a', 'b']);
    expect(move(['a', 'b'], false)).toEqual(['a', 'b']);
    expect(move(['a', 'b'], true)).toEqual(['b', 'a']);
    const many = Array.from({ length: 8 }, () => true);
    expect(move(['a', 'b'], false, ...many)).toEqual(['b', 'a']);
    expect(move(['a', 'b'], false, false, ...many)).toEqual(['a', 'b']);
  });

  it('is taken over at once from one that is dark for another reason, and by a member', () => {
    const cut = told('a', ['a'], { a: { ...sees(), up: false }, b: { ...sees(), up: true } });
    expect(decide(cut, a, b).order).toEqual(['b', 'a']);
    expect(decide(told('a', ['a', 'b'], { a: empty, b: sees() }), a, b).order).toEqual(['b', 'a']);
    const dead = withDead(told('a', ['a'], { b: sees('n'), c: sees('n') }), 'a');
    const { order, waiting } = decide(dead, a, b, c);
    expect([order.length, waiting.length]).toEqual([1, 1]);
  });

  it('goes to the first that has flows where workloads answer meanwhile', () => {
    const distribute = gatewayPolicy('p', { placement: 'Centralized', onGatewayLoss: 'Distribute' });
    const fabric = told(undefined, [], { a: empty, b: empty });
    expect(decide(fabric, a, b, distribute).order).toEqual([]);
    expect(decide(told(undefined, [], { a: empty, b: sees() }), a, b, distribute).order).toEqual(['b']);
  });
});
