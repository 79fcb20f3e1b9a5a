import { resourceSetOf } from '@berth/api';
import { describe, expect, it } from 'vitest';
import type { Fabric } from '../../fabric/fabric.ts';
import type { Lacking } from '../../fabric/lacking.ts';
import { type Report, reported, withMembers } from '../../testing/reported.ts';
import { gatewayNode } from '../../testing/resources.ts';
import { fabricWith } from '../../testing/settle.ts';
import { lookupOf } from '../object/lookup.ts';
import { gatewayOrder } from './gateway.ts';
import { gatewaySceneOf } from './gateway-node.ts';

const names = ['g1', 'g2', 'g3'] as const;
const port = 'vpc1-external0';
const bridges = Object.fromEntries(names.map((name) => [name, 'external0:br-external0']));

type Situation = {
  readonly reports?: Readonly<Record<string, Report>>;
  readonly serving?: string;
  readonly lacking?: Partial<Lacking>;
  readonly stuck?: readonly string[];
  /** Whose agents are silent, and of whom nothing else tells. */
  readonly doubted?: readonly string[];
  readonly rebalance?: boolean;
};

/** The order of a group of three that g1 serves, and stands still in. */
function orderIn({ reports = {}, serving = 'g1', ...rest }: Situation): readonly string[] {
  const { lacking, stuck, doubted, rebalance = false } = rest;
  const sound = { controllerRuns: true, flowsInstalled: true, sees: { g1: true, g2: true, g3: true } };
  const told = reported(
    withMembers(fabricWith(bridges, { [`cr-${port}`]: serving }), port, ...names),
    Object.fromEntries(names.map((name) => [name, { ...sound, ...reports[name] }])),
  );
  const nothing: Lacking = { objects: new Map(), routers: new Set(), workloadsOf: new Set() };
  const fabric: Fabric = {
    ...told,
    ...(lacking && { lacking: new Map([['chassis-g1', { ...nothing, ...lacking }]]) }),
    ...(stuck && { stuck: new Set(stuck.map((name) => `chassis-${name}`)) }),
    ...(doubted && { doubted: new Set(doubted.map((name) => `chassis-${name}`)) }),
  };
  const scene = gatewaySceneOf(
    lookupOf(resourceSetOf(names.map((name) => gatewayNode(name)))),
    fabric,
    undefined,
  );
  const question = { routerPort: port, network: 'external0', vpc: 'vpc1', rebalance };
  const { gateways } = gatewayOrder(question, scene);
  return gateways.map(({ node }) => node);
}

const dead: Report = { controllerRuns: false };
const lacking = { routers: new Set(['vpc1']) };

describe('a gateway that serves and whose ovn-controller does not run', () => {
  it('stays first while it lacks nothing of the router', () => {
    expect(orderIn({ reports: { g1: dead }, lacking: {} })[0]).toBe('g1');
    expect(orderIn({ reports: { g1: dead }, lacking: { routers: new Set(['vpc2']) } })[0]).toBe('g1');
  });

  it('yields to one that is sound where something of the router is dark on it, and stays a member', () => {
    const order = orderIn({ reports: { g1: dead }, lacking });
    expect(order[0]).not.toBe('g1');
    expect(order.at(-1)).toBe('g1');
  });

  it('stays first until it has stood still for a while', () => {
    expect(orderIn({ reports: { g1: dead }, lacking, stuck: [] })[0]).toBe('g1');
    expect(orderIn({ reports: { g1: dead }, lacking, stuck: ['g1'] })[0]).not.toBe('g1');
  });

  it('stays first where a workload of the router is on it: that one would go on leaving by it', () => {
    expect(
      orderIn({ reports: { g1: dead }, lacking: { ...lacking, workloadsOf: new Set(['vpc1']) } })[0],
    ).toBe('g1');
  });

  it('stays first where no agent would keep it from answering', () => {
    expect(orderIn({ reports: { g1: { ...dead, isFresh: false } }, lacking })[0]).toBe('g1');
  });

  it('stays first where no other is sound', () => {
    expect(orderIn({ reports: { g1: dead, g2: dead, g3: dead }, lacking })[0]).toBe('g1');
  });
});

it('a standby whose ovn-controller does not run comes after those that could take over', () => {
  const before = orderIn({});
  const [, second = '', third = ''] = before;
  expect(orderIn({ reports: { [second]: dead } })).toEqual(['g1', third, second]);
  expect(orderIn({ reports: { [second]: dead }, stuck: [] })).toEqual(before);
});

describe('a standby whose agent is silent, and of which nothing else tells', () => {
  const cutOff: Report = { up: false };
  const [, second = '', third = ''] = orderIn({});

  it('keeps its place while another serves: that costs no change of rows', () => {
    expect(orderIn({ doubted: [second] })).toEqual(['g1', second, third]);
  });

  it('is not the one that takes over where another one can', () => {
    const out = { reports: { g1: cutOff }, doubted: [second] };
    expect(orderIn(out)[0]).toBe(third);
    expect(orderIn({ ...out, doubted: [] })[0]).toBe(second);
    expect(orderIn({ doubted: orderIn({ rebalance: true }).slice(0, 1), rebalance: true })[0]).not.toBe(
      orderIn({ rebalance: true })[0],
    );
  });

  it('leaves the order as it is where no other can take over, until that is known', () => {
    expect(orderIn({ reports: { g1: cutOff }, doubted: [second, third] })).toEqual(['g1', 'g2', 'g3']);
  });
});
