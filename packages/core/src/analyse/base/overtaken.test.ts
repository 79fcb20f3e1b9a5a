import { parseIp } from '@berth/net';
import { type NbTables, nbSchema } from '@berth/ovn';
import { snapshotOf } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import type { NodeHealth } from '../../fabric/fabric.ts';
import type { LingerMark } from '../../fabric/linger-mark.ts';
import { lingeringIn } from '../../fabric/lingering.ts';
import { dataPlaneOf, floatingIpFlow } from '../../testing/data-plane.ts';
import { analyse } from '../analyse.ts';
import type { ExternalFlow } from '../flow.ts';
import { sweep } from '../sweep/sweep.ts';
import { withOvertaken } from './overtaken.ts';

const ip = parseIp('10.9.101.22');
const own = '00:00:00:cc:00:01';
const frozen = { node: 'N', controllerRuns: false, flowsInstalled: true };
const flow = (object?: string): ExternalFlow => ({
  ...floatingIpFlow('inbound', 'centralized', 'web.default'),
  origins: object === undefined ? [] : [{ object: { kind: 'OvnFip', name: object } }],
});

type Given = {
  /** What N had, by the object and the MAC. */
  readonly had?: Pick<LingerMark, 'object' | 'mac'>;
  readonly reports?: readonly NodeHealth[];
  readonly isBehind?: boolean;
  /** Whether N lacks what changed of the workload's port. */
  readonly lacksPort?: boolean;
};

/** An OVN whose workload is on N, which stands still, while its gateways G and S keep up. */
function fabricWith({ had, reports = [], isBehind = true, lacksPort = false }: Given) {
  const plain = dataPlaneOf({ nodes: ['N', 'G', 'S'], gateways: ['G', 'S'], ports: { 'web.default': 'N' } });
  const { dataPlane } = plain;
  if (!ip || !dataPlane) throw new Error('no address');
  const change = { number: 6, isAfter: false };
  const northbound = snapshotOf<NbTables>(nbSchema, {
    Logical_Switch_Port: [{ name: 'web.default', addresses: new Set([`${own.toUpperCase()} 192.168.0.4`]) }],
  });
  const lacking = { objects: new Map([['ip/web.default', !lacksPort]]), routers: new Set<string>() };
  return {
    ...plain,
    northbound,
    behind: new Map(isBehind ? [['N', 5]] : []),
    lacking: new Map([['N', { ...lacking, workloadsOf: new Set<string>() }]]),
    lingers: had ? [{ ip, switchName: 'out', chassis: 'N', change, ...had }] : [],
    dataPlane: { ...dataPlane, reports },
  };
}

function outcome(given: Given, one = flow('web')): string {
  const fabric = fabricWith(given);
  const lingering = lingeringIn(fabric).filter((each) => each.ip === one.externalIp);
  const flows = withOvertaken([{ ...one, ...(lingering.length > 0 && { lingering }) }], fabric);
  const [verdict] = analyse({ fabric, flows, failures: [] }).verdicts;
  const { outcome: is, reason } = verdict?.after ?? {};
  return `${[is, reason].filter(Boolean).join(' ')}: ${verdict?.why}`;
}

const had = { object: 'ovn-fip/web', mac: '00:00:00:cc:00:99' };

test('an address that ran at a node that stands still, and is to run at the gateway since, does not work', () => {
  expect(outcome({ had })).toMatch(
    /^unknown node-frozen: it is not known .* N, .* with 10\.9\.101\.22 for it/,
  );
  expect(outcome({ had, reports: [frozen] })).toMatch(/^lost node-frozen: N, .* does not run there/);
});

test('where that node has the very address, packets that find it there come through: it is answered twice, and neither lost nor delivered', () => {
  const same = { ...flow('web'), externalIp: '10.9.101.22' };
  const out = { ...same, direction: 'outbound' as const };
  for (const each of [same, out]) {
    expect(outcome({ had, reports: [frozen] }, each)).toMatch(/^unknown two-answerers/);
    expect(outcome({ had }, each)).toMatch(/^unknown address-lingers/);
  }
});

test('one whose ovn-controller hangs, or has lost SB, stands still as one whose ovn-controller is down', () => {
  const hung = { ...frozen, controllerRuns: true, controllerConnected: false };
  expect(outcome({ had, reports: [hung] })).toMatch(/^lost node-frozen: N, .* ovn-controller hangs there/);
  expect(outcome({ had, reports: [hung], isBehind: false })).toMatch(/^delivered/);
  const slow = { ...hung, controllerConnected: true };
  expect(outcome({ had, reports: [slow] })).toMatch(/^delivered/);
});

test('whatever rule the packets of its workload are to go by', () => {
  const byMac = { object: 'ovn-fip/former', mac: own };
  expect(outcome({ had: byMac })).toMatch(/^unknown node-frozen/);
  expect(outcome({ had: byMac }, flow())).toMatch(/^unknown node-frozen/);
  const source = { ...flow(), direction: 'outbound' as const };
  expect(outcome({ had: byMac }, { ...flow(), direction: 'hairpin', source })).toMatch(
    /^unknown node-frozen/,
  );
});

test('a port of the workload that changed since is not on its node as it is meant', () => {
  expect(outcome({ lacksPort: true })).toMatch(/^unknown node-frozen: .* port web\.default as it was before/);
  expect(outcome({ lacksPort: true, reports: [frozen] })).toMatch(/^lost node-frozen/);
});

test('where there was no room to tell whose an address was, nobody can tell', () => {
  const untold = { object: undefined, mac: undefined };
  expect(outcome({ had: untold })).toMatch(/^unknown node-frozen: .* of 1 of them it is not known whose/);
  expect(outcome({ had: untold, reports: [frozen] })).toMatch(/^unknown node-frozen/);
  expect(outcome({ had: untold, isBehind: false })).toMatch(/^delivered/);
});

test('what runs at the gateway before and after works with a workload on a node that stands still', () => {
  expect(outcome({})).toMatch(/^delivered/);
  expect(outcome({ had: { object: 'ovn-fip/other', mac: '00:00:00:cc:00:99' } })).toMatch(/^delivered/);
  expect(outcome({ had, isBehind: false })).toMatch(/^delivered/);
});

test('a sweep says so of this address, and not of others that go the same way', () => {
  const fabric = fabricWith({ had });
  const flows = withOvertaken([{ ...flow('other'), externalIp: '10.0.0.99' }, flow('web')], fabric);
  const { summary } = sweep({ fabric, flows, kinds: ['host'] });
  expect(summary()).toMatchObject({ flows: 2, unknownBefore: 1 });
});
