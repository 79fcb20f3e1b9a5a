import { type Node, resourceSetOf } from '@berth/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fabric } from '../../fabric/fabric.ts';
import { type Report, reported, withMembers } from '../../testing/reported.ts';
import { gatewayNode } from '../../testing/resources.ts';
import { fabricWith } from '../../testing/settle.ts';
import { lookupOf } from '../object/lookup.ts';
import { gatewayOrder } from './gateway.ts';
import { gatewaySceneOf } from './gateway-node.ts';

const bridge = 'external0:br-external0';
const names = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7'];

function fabricOf(nodes: readonly string[], serving?: string): Fabric {
  const claims: Record<string, string> = serving === undefined ? {} : { 'cr-v-external0': serving };
  return fabricWith(Object.fromEntries(nodes.map((name) => [name, bridge])), claims);
}

function orderOf(nodes: readonly Node[], fabric: Fabric, vpc = 'v', rebalance = false): readonly string[] {
  const question = { routerPort: `${vpc}-external0`, network: 'external0', vpc, rebalance };
  const scene = gatewaySceneOf(lookupOf(resourceSetOf(nodes)), fabric, undefined);
  return gatewayOrder(question, scene).gateways.map(({ node }) => node);
}

const some = fc.uniqueArray(fc.constantFrom(...names), { minLength: 2 });
const nodesOf = (list: readonly string[]): readonly Node[] => list.map((name) => gatewayNode(name));

describe('the order of gateways', () => {
  it('spreads VPCs, whatever they and the nodes are called', () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,12}$/);
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 2, maxLength: 6 }), word, (list, prefix) => {
        const nodes = nodesOf(list);
        const fabric = fabricOf(list);
        const vpcs = Array.from({ length: 300 }, (_, index) => `${prefix}${index}`);
        const shares = Map.groupBy(vpcs, (vpc) => orderOf(nodes, fabric, vpc)[0]);
        const fair = vpcs.length / list.length;
        expect(shares.size).toBe(list.length);
        for (const own of shares.values()) {
          expect(own.length).toBeGreaterThan(fair * 0.4);
          expect(own.length).toBeLessThan(fair * 1.7);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('moves only the VPCs of a node that goes', () => {
    fc.assert(
      fc.property(some, fc.nat(), fc.string(), (list, index, vpc) => {
        const gone = list[index % list.length];
        const left = list.filter((name) => name !== gone);
        const before = orderOf(nodesOf(list), fabricOf(list), vpc);
        const after = orderOf(nodesOf(left), fabricOf(left), vpc);
        if (before[0] !== gone) expect(after[0]).toBe(before[0]);
      }),
    );
  });

  it('begins with the gateway that serves, whatever else there is, unless it is to be even again', () => {
    fc.assert(
      fc.property(some, fc.nat(), some, (list, index, members) => {
        const serving = list[index % list.length] ?? '';
        const fabric = withMembers(fabricOf([...names], serving), 'v-external0', ...members);
        const nodes = nodesOf(list);
        expect(orderOf(nodes, fabric)[0]).toBe(serving);
        const even = orderOf(nodes, fabricOf(list));
        expect(orderOf(nodes, withMembers(fabric, 'v-external0', serving, ...even), 'v', true)[0]).toBe(
          even[0],
        );
      }),
    );
  });

  it('is the same in any order of nodes and reports', () => {
    const report: fc.Arbitrary<Report> = fc.record({
      up: fc.boolean(),
      flowsInstalled: fc.boolean(),
      ready: fc.boolean(),
      isFresh: fc.boolean(),
    });
    fc.assert(
      fc.property(some, fc.dictionary(fc.constantFrom(...names), report), (list, reports) => {
        const one = orderOf(nodesOf(list), reported(fabricOf(list), reports));
        const turned = Object.fromEntries(Object.entries(reports).reverse());
        const other = orderOf(nodesOf(list.toReversed()), reported(fabricOf(list.toReversed()), turned));
        expect(other).toEqual(one);
      }),
    );
  });
});

/** A group, played: the claim follows the first member that BFD sees, and BFD comes up one pass after a member. */
type Play = {
  readonly members: readonly string[];
  readonly claim: string;
  readonly seen: ReadonlySet<string>;
};

function passed({ members, claim, seen }: Play, out: ReadonlySet<string>): Play {
  const sees = Object.fromEntries([...seen].map((name) => [name, true]));
  const fabric = withMembers(
    reported(fabricOf(names, claim), { [claim]: { sees: { ...sees } } }),
    'v-external0',
    ...members,
  );
  const next = orderOf(
    names.map((name) => gatewayNode(name, { cordoned: out.has(name) })),
    fabric,
  );
  expect(next).toContain(claim);
  const [top = ''] = next;
  if (top !== members[0] && top !== claim) expect(seen).toContain(top);
  const nowSeen = new Set(next.filter((name) => members.includes(name)));
  return { members: next, claim: seen.has(top) ? top : claim, seen: nowSeen };
}

describe('a group of which nodes are cordoned and uncordoned', () => {
  it('never loses the one that serves, raises none that BFD does not see, and ends as it is wanted', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...names), fc.nat(2)), { maxLength: 12 }), (events) => {
        const out = new Set<string>();
        let play: Play = { members: ['n1', 'n2', 'n3', 'n4', 'n5'], claim: 'n1', seen: new Set(names) };
        for (const [name, passes] of events) {
          if (!out.delete(name)) out.add(name);
          for (let pass = 0; pass < passes; pass++) play = passed(play, out);
        }
        for (let pass = 0; pass < 5; pass++) play = passed(play, out);
        const settled = passed(play, out);
        expect(settled.members).toEqual(play.members);
        if (out.size < names.length) {
          expect(settled.members[0]).toBe(settled.claim);
          expect(settled.members.filter((name) => out.has(name))).toEqual([]);
        }
      }),
    );
  });
});
