import { expect, test } from 'vitest';
import type { Fabric, NodeHealth } from '../../fabric/fabric.ts';
import type { Failure } from '../../fabric/failure.ts';
import { fabricOf } from '../../fabric/read.ts';
import { dataPlaneOf, floatingIpFlow, gatewayPort } from '../../testing/data-plane.ts';
import { ovnWorld } from '../../testing/ovn-world.ts';
import { analyse } from '../analyse.ts';
import { flowsOf } from '../flows/flows-of.ts';
import { asClaimed } from './claimed.ts';

const parts = { nodes: ['N', 'G', 'S', 'T'], gateways: ['G', 'S', 'T'], ports: { 'web.default': 'N' } };
const flows = [floatingIpFlow('inbound', 'centralized', 'web.default')];

function berthAfter(fabric: Fabric, ...failures: readonly Failure[]): string | undefined {
  const sets = failures.length === 0 ? [] : [failures];
  return analyse({ fabric, flows, failures: sets }).verdicts[0]?.after.berth;
}

function reporting(fabric: Fabric, ...nodes: readonly string[]): Fabric {
  if (!fabric.dataPlane) throw new Error('there is no data plane');
  const reports = nodes.map((node): NodeHealth => ({ node }));
  return { ...fabric, dataPlane: { ...fabric.dataPlane, reports } };
}

test('a gateway that SB passes over does not serve, and does not take over', () => {
  const fabric = asClaimed(dataPlaneOf({ ...parts, claim: 'S' }));
  expect(berthAfter(fabric)).toBe('S');
  expect(berthAfter(fabric, { kind: 'host', node: 'S' })).toBe('T');
  expect(fabric.dataPlane?.assumptions).toEqual([
    expect.stringMatching(/^SB says that S acts as the gateway of router port vpc1-external, though G would/),
  ]);
});

test('what SB claims as the order has it is left as it is', () => {
  const settled = dataPlaneOf(parts);
  expect(asClaimed(settled)).toBe(settled);
  const claims = new Map([...settled.claims].filter(([port]) => port !== `cr-${gatewayPort}`));
  const unclaimed = { ...settled, claims };
  expect(asClaimed(unclaimed)).toBe(unclaimed);
  const elsewhere = dataPlaneOf({ ...parts, claim: 'N' });
  expect(asClaimed(elsewhere)).toBe(elsewhere);
});

test('a gateway that nobody claims serves nothing, and no other takes over', () => {
  const { nb, sb } = ovnWorld({
    nodes: [{ name: 'G' }, { name: 'S' }, { name: 'N' }],
    externals: [{ name: 'ext' }],
    routers: [
      {
        name: 'vpc1',
        gatewayPorts: [
          {
            external: 'ext',
            members: [
              ['G', 2],
              ['S', 1],
            ],
            claimedBy: null,
          },
        ],
        subnets: [{ name: 's1', pods: [{ name: 'web', node: 'N', ips: ['192.168.0.4'] }] }],
        nat: [{ type: 'dnat_and_snat', externalIp: '10.100.0.9', logicalIp: '192.168.0.4' }],
      },
    ],
  });
  const read = fabricOf(nb, sb);
  const reasons = (told: Fabric, ...failures: readonly Failure[]) =>
    analyse({ fabric: told, flows: flowsOf(nb, told), failures: [failures] }).verdicts.map(
      ({ after }) => after.reason ?? after.outcome,
    );
  expect(reasons(read)).toEqual(['delivered', 'delivered', 'delivered']);
  const fabric = asClaimed(read);
  expect(new Set(reasons(fabric))).toEqual(new Set(['gateway-unclaimed']));
  expect(new Set(reasons(fabric, { kind: 'host', node: 'G' }))).toEqual(new Set(['gateway-unclaimed']));
  expect(fabric.dataPlane?.assumptions).toEqual(read.dataPlane?.assumptions);
});

test('where an agent reports on the gateway that comes first, the order stands', () => {
  const fabric = dataPlaneOf({ ...parts, claim: 'T' });
  expect(berthAfter(asClaimed(reporting(fabric, 'N')))).toBe('T');
  expect(berthAfter(asClaimed(reporting(fabric, 'G')))).toBe('G');
  expect(berthAfter(asClaimed(reporting(fabric, 'S')))).toBe('G');
});

test('ports of one group that several claim keep the order of the group', () => {
  const fabric = dataPlaneOf({ ...parts, claim: 'S' });
  const group = fabric.dataPlane?.groups.get(gatewayPort);
  if (!fabric.dataPlane || !group) throw new Error('there is no group');
  const groups = new Map([...fabric.dataPlane.groups, ['vpc2-external', group] as const]);
  const shared = { ...fabric, dataPlane: { ...fabric.dataPlane, groups } };
  const claimedBy = (chassis: string) =>
    asClaimed({ ...shared, claims: new Map([...fabric.claims, ['cr-vpc2-external', chassis]]) });
  expect(berthAfter(claimedBy('T'))).toBe('G');
  expect(berthAfter(claimedBy('S'))).toBe('S');
  expect(claimedBy('S').dataPlane?.assumptions).toEqual([
    expect.stringContaining('router port vpc1-external and 1 more,'),
  ]);
});
