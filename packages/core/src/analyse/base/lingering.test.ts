import { parseIp } from '@berth/net';
import { zeroUuid } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import type { Fabric, NodeHealth } from '../../fabric/fabric.ts';
import type { FailureSet } from '../../fabric/failure.ts';
import type { LingerMark } from '../../fabric/linger-mark.ts';
import { dataPlaneOf, floatingIpFlow, gatewayPort } from '../../testing/data-plane.ts';
import { analyse } from '../analyse.ts';
import type { Direction } from '../flow.ts';
import { sweep } from '../sweep/sweep.ts';
import { withLingering } from './lingering.ts';

const flowOf = (direction: Exclude<Direction, 'hairpin'>) =>
  floatingIpFlow(direction, 'distributed', 'web.default');
const ip = parseIp(flowOf('inbound').externalIp ?? '');
const behind = new Map([['S', 5]]);

/** A floating IP that runs on N and was taken from S, which stands still. */
function fabricWith(parts: Partial<Fabric> = { behind }, reports: readonly NodeHealth[] = []): Fabric {
  const plain = dataPlaneOf({ nodes: ['N', 'G', 'S'], gateways: ['G'], ports: { 'web.default': 'N' } });
  const { dataPlane } = plain;
  if (!ip || !dataPlane) throw new Error('no address');
  const mark: LingerMark = {
    ...{ ip, switchName: 'out', chassis: 'S', object: 'ovn-fip/web' },
    mac: '02:00:00:00:00:01',
    change: { number: 6, isAfter: false },
  };
  const external = { network: 'physical', switchName: 'out', switchRow: zeroUuid, vlanId: 0 };
  const externals = new Map([[zeroUuid, { ...external, routerPorts: [gatewayPort] }]]);
  return { ...plain, lingers: [mark], dataPlane: { ...dataPlane, externals, reports }, ...parts };
}

function outcome(
  fabric: Fabric,
  failures: readonly FailureSet[] = [],
  direction: Exclude<Direction, 'hairpin'> = 'inbound',
): string {
  const flows = withLingering([flowOf(direction)], fabric);
  const [verdict] = analyse({ fabric, flows, failures }).verdicts;
  const { outcome: is, reason, conflict } = verdict?.after ?? {};
  return [is, reason, ...(conflict ?? [])].filter(Boolean).join(' ');
}

/** The same of a floating IP that runs on the gateway G, with who is said to answer, and the sentence. */
function onGateway(reports: readonly NodeHealth[], direction: Exclude<Direction, 'hairpin'>) {
  const fabric = fabricWith({ behind }, reports);
  const flows = withLingering([floatingIpFlow(direction, 'centralized', 'web.default')], fabric);
  const [verdict] = analyse({ fabric, flows, failures: [[{ kind: 'host', node: 'G' }]] }).verdicts;
  return { ...verdict?.after, why: verdict?.why };
}

test('where nobody is left who should answer, a former gateway that stands still is named', () => {
  const still = { node: 'S', controllerRuns: true, controllerConnected: false, flowsInstalled: true };
  expect(onGateway([still], 'inbound')).toMatchObject({
    outcome: 'lost',
    berth: 'S',
    why: expect.stringContaining('S'),
  });
  expect(onGateway([still], 'outbound')).toMatchObject({ outcome: 'lost', berth: undefined });
  // It may be dead as well.
  expect(onGateway([], 'inbound')).toMatchObject({ outcome: 'lost', berth: undefined });
});

test('an address that was taken from a node that stands still may be answered there', () => {
  expect(outcome(fabricWith())).toBe('unknown address-lingers');
  expect(outcome(fabricWith(), [], 'outbound')).toBe('unknown address-lingers');
});

test('where its agent says that the flows are there, two answer', () => {
  const report = { node: 'S', controllerRuns: false, flowsInstalled: true };
  expect(outcome(fabricWith({}, [report]))).toBe('unknown two-answerers N S');
});

test('nobody is in the way who keeps up, or was never told of', () => {
  expect(outcome(fabricWith({ behind: new Map() }))).toBe('delivered');
  expect(outcome(fabricWith({ behind, lingers: [] }))).toBe('delivered');
  const [elsewhere] = fabricWith().lingers ?? [];
  if (!elsewhere) throw new Error('no mark');
  expect(outcome(fabricWith({ behind, lingers: [{ ...elsewhere, switchName: 'other' }] }))).toBe('delivered');
});

test('a node that is dead or cut off answers for nothing, and one that was to answer is lost all the same', () => {
  expect(outcome(fabricWith(), [[{ kind: 'host', node: 'S' }]])).toBe('delivered');
  expect(outcome(fabricWith(), [[{ kind: 'uplink', node: 'S' }]])).toBe('delivered');
  expect(outcome(fabricWith(), [[{ kind: 'host', node: 'N' }]])).toBe('lost workload-down');
});

test('a sweep says so of this address, and not of others that go the same way', () => {
  const fabric = fabricWith();
  const flows = withLingering([{ ...flowOf('inbound'), externalIp: '10.0.0.99' }, flowOf('inbound')], fabric);
  const { scenario, summary } = sweep({ fabric, flows, kinds: ['host'] });
  const lost = scenario([{ kind: 'host', node: 'N' }])?.changes() ?? [];
  expect([...lost].flatMap((each) => each.flows.map(({ externalIp }) => externalIp))).toEqual(['10.0.0.99']);
  expect(summary()).toMatchObject({ flows: 2, brokenBefore: 0, unknownBefore: 1 });
});
