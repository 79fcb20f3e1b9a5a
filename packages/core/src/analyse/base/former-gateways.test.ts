import { formerOrderPrefix } from '@berth/api';
import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import type { NodeHealth } from '../../fabric/fabric.ts';
import { strayingAt } from '../../fabric/former-gateways.ts';
import { dataPlaneOf, floatingIpFlow, gatewayPort } from '../../testing/data-plane.ts';
import { analyse } from '../analyse.ts';
import type { ExternalFlow } from '../flow.ts';
import { sweep } from '../sweep/sweep.ts';
import { withOvertaken } from './overtaken.ts';

const port = 'web.default';
const hung = { node: 'N', controllerRuns: true, controllerConnected: false, flowsInstalled: true };

type Given = {
  /** What the router port remembers, by the number of the change. */
  readonly before: Readonly<Record<string, string>>;
  /** The gateways of now, of which the first serves. */
  readonly now: readonly string[];
  readonly reports?: readonly NodeHealth[];
  /** The change that N got to. */
  readonly done?: number;
  readonly at?: string;
};

/** An OVN whose workload is on N, which stands still at change 5, while the gateways keep up. */
function fabricWith({ before, now, reports = [hung], done = 5, at = 'N' }: Given) {
  const plain = dataPlaneOf({
    nodes: ['N', 'G', 'S', 'T'],
    gateways: [...now, 'berth-keeper'],
    ports: { [port]: at },
  });
  const { dataPlane } = plain;
  if (!dataPlane) throw new Error('no data plane');
  const northbound = snapshotOf<NbTables>(nbSchema, {
    Logical_Router_Port: [
      {
        name: gatewayPort,
        external_ids: new Map(
          Object.entries(before).map(([key, value]) => [`${formerOrderPrefix}${key}`, value]),
        ),
      },
    ],
  });
  return {
    ...plain,
    northbound,
    behind: new Map(done < 9 ? [[at, done]] : []),
    gateways: new Map([
      [gatewayPort, [...now, 'berth-keeper'].map((chassis, place) => ({ chassis, priority: 100 - place }))],
    ]),
    dataPlane: { ...dataPlane, reports },
  };
}

const flow = floatingIpFlow('inbound', 'centralized', port);
const ways: readonly ExternalFlow[] = [flow, { ...flow, direction: 'outbound', kind: 'source-nat' }];

/** What becomes of requests to and from the workload, with `failures`; one text where it is the same. */
function outcome(given: Given, failures: Parameters<typeof analyse>[0]['failures'] = []): string {
  const fabric = fabricWith(given);
  const flows = withOvertaken(ways, fabric);
  const { verdicts } = analyse({ fabric, flows, failures });
  const said = verdicts.map(
    ({ after, why }) => `${[after.outcome, after.reason].filter(Boolean).join(' ')}: ${why}`,
  );
  return [...new Set(said)].join('\n');
}

const swapped: Given = { before: { 7: 'G S' }, now: ['S', 'G'] };

test('a node that stands still sends to the gateway that served then, which drops it while it lives', () => {
  expect(outcome(swapped)).toMatch(
    /^lost node-frozen: N, where its workload is, stands still and knows the gateways as they were before \(G and S\): ovn-controller hangs/,
  );
  expect(outcome({ ...swapped, reports: [] })).toMatch(
    /^unknown node-frozen: it is not known whether packets/,
  );
  expect(outcome({ ...swapped, done: 9 })).toMatch(/^delivered/);
  expect(outcome({ ...swapped, done: 7 })).toMatch(/^delivered/);
});

test('it sends to the next one that it knows once BFD to that one is down, as that one died or left the group', () => {
  expect(outcome(swapped, [[{ kind: 'host', node: 'G' }]])).toMatch(/^delivered/);
  expect(outcome({ before: { 7: 'G S' }, now: ['S'] })).toMatch(/^delivered/);
  expect(outcome({ before: { 7: 'G S' }, now: ['T', 'S'] })).toMatch(/^lost node-frozen/);
});

test('of one that knew a single gateway no BFD counts', () => {
  expect(outcome({ before: { 7: 'G' }, now: ['S'] })).toMatch(/^lost node-frozen/);
  expect(outcome({ before: { 7: 'G' }, now: ['S', 'G'] })).toMatch(/^lost node-frozen/);
  expect(outcome({ before: { 7: 'G' }, now: ['G', 'S'] })).toMatch(/^delivered/);
});

test('it goes by the order before the first change that it lacks, and an order that came back is the same', () => {
  const orders = { 3: 'T', 7: 'G S', 8: 'S G' };
  expect(outcome({ before: orders, now: ['T', 'S', 'G'] })).toMatch(/before \(G and S\)/);
  expect(outcome({ before: orders, now: ['T', 'S', 'G'], done: 7 })).toMatch(/before \(S and G\)/);
  expect(outcome({ before: orders, now: ['G', 'S'] })).toMatch(/^delivered/);
});

test('of a change that came between two numbers nobody can tell', () => {
  expect(outcome({ ...swapped, before: { '>5': 'G S' } })).toMatch(/^unknown node-frozen/);
  expect(outcome({ ...swapped, before: { '>5': 'G S' }, done: 4 })).toMatch(/^lost node-frozen/);
});

test('an address that runs at the workload has nothing to do with gateways', () => {
  const distributed = { ...flow, placement: 'distributed' as const };
  expect(withOvertaken([distributed], fabricWith(swapped))).toEqual([distributed]);
});

test('a sweep counts it as the analysis does, by each failure', () => {
  const fabric = fabricWith(swapped);
  const flows = withOvertaken(ways, fabric);
  const result = sweep({ fabric, flows, kinds: ['host'] });
  expect(result.summary()).toMatchObject({ flows: 2, brokenBefore: 2 });
});

test('the condition goes by what the node tells of its tunnels, else by who is a gateway still', () => {
  const strays = (given: Given) => strayingAt(fabricWith(given), port, gatewayPort)?.order?.join(' ');
  expect(strays(swapped)).toBe('G S');
  expect(strays({ before: { 7: 'G S' }, now: ['S'] })).toBeUndefined();
  const tunnels = (isUp: boolean) => [
    {
      ...hung,
      tunnels: new Map([
        ['G', isUp],
        ['S', true],
      ]),
    },
  ];
  const health = (isUp: boolean) => new Map(tunnels(isUp).map((each) => [each.node, each]));
  const told = (isUp: boolean) =>
    strayingAt({ ...fabricWith(swapped), health: health(isUp) }, port, gatewayPort);
  expect(told(true)?.what).toMatch(/before \(G and S\)/);
  expect(told(false)).toBeUndefined();
});
