import { expect, test } from 'vitest';
import type { Fabric, NodeHealth } from '../../fabric/fabric.ts';
import type { FailureSet } from '../../fabric/failure.ts';
import { dataPlaneOf, floatingIpFlow, gatewayPort } from '../../testing/data-plane.ts';
import { analyse } from '../analyse.ts';
import { sweep } from '../sweep/sweep.ts';
import { withUntoldGateways } from './untold-gateways.ts';

type Given = {
  readonly behind?: readonly string[];
  readonly isForeign?: boolean;
  readonly reports?: readonly NodeHealth[];
  readonly gateways?: readonly string[];
};

const base: Given = { behind: ['S'], isForeign: true, reports: [], gateways: ['G', 'S'] };

/** Gateways G, which SB names, then S; the workload is on N. */
function fabricWith(given: Given): Fabric {
  const { behind = [], isForeign, reports = [], gateways = [] } = { ...base, ...given };
  const plain = dataPlaneOf({ nodes: ['N', 'G', 'S'], gateways, ports: { 'web.default': 'N' }, claim: 'G' });
  const { dataPlane } = plain;
  if (!dataPlane) throw new Error('no data plane');
  const member = { priority: 100, ...(isForeign && { isForeign: true as const }) };
  return {
    ...plain,
    behind: new Map(behind.map((name) => [name, 5])),
    gateways: new Map([[gatewayPort, gateways.map((chassis) => ({ chassis, ...member }))]]),
    dataPlane: { ...dataPlane, reports },
  };
}

const flow = floatingIpFlow('inbound', 'centralized', 'web.default');

function told(given: Given = {}, failures: readonly FailureSet[] = [], one = flow): string {
  const fabric = fabricWith(given);
  const flows = withUntoldGateways([one], fabric);
  const [verdict] = analyse({ fabric, flows, failures }).verdicts;
  const { outcome, reason, berth } = verdict?.after ?? {};
  return [outcome, reason, berth].filter(Boolean).join(' ');
}

test('of a gateway of others that stands still nobody knows whether it served before, and serves still', () => {
  expect(told()).toBe('unknown two-answerers G');
  expect(told({}, [], { ...flow, direction: 'outbound' })).toBe('unknown two-answerers G');
});

test('who keeps up, is no gateway, comes first, has an agent or is Berth’s own leaves no doubt', () => {
  expect(told({ behind: [] })).toBe('delivered G');
  expect(told({ behind: ['N'] })).toBe('delivered G');
  expect(told({ isForeign: false })).toBe('delivered G');
  const follows = { node: 'S', controllerRuns: true, controllerConnected: true, flowsInstalled: true };
  expect(told({ reports: [follows] })).toBe('delivered G');
  expect(told({}, [], floatingIpFlow('inbound', 'distributed', 'web.default'))).toBe('delivered N');
});

test('neither does one that is dead or cut off', () => {
  expect(told({}, [[{ kind: 'host', node: 'S' }]])).toBe('delivered G');
  expect(told({}, [[{ kind: 'uplink', node: 'S' }]])).toBe('delivered G');
});

test('a sweep says the same', () => {
  const fabric = fabricWith({});
  const flows = withUntoldGateways([flow, { ...flow, placement: 'distributed' }], fabric);
  expect(sweep({ fabric, flows, kinds: ['host'] }).summary()).toMatchObject({ flows: 2, unknownBefore: 1 });
});
