import type { ResourceSet } from '@berth/api';
import { sbSchema } from '@berth/ovn';
import { snapshotOf } from '@berth/ovsdb/value';
import { expect, test } from 'vitest';
import { fabricOf } from '../../fabric/read.ts';
import { fieldFabric, fieldStoryWith, gatewayRules } from '../../testing/field-story.ts';
import { type OvnSnapshots, ovnWorld } from '../../testing/ovn-world.ts';
import { programmed } from '../../testing/program.ts';
import { analyse } from '../analyse.ts';
import { flowsOf } from '../flows/flows-of.ts';
import { attachmentsOfRows, objectsOfRows } from './objects-of-rows.ts';

/** What rows tell, with what becomes of packets. */
function toldBy({ nb, sb }: OvnSnapshots): ResourceSet {
  const fabric = fabricOf(nb, sb);
  const flows = flowsOf(nb, fabric);
  const { verdicts } = analyse({ fabric, flows, failures: [], strict: false, controller: undefined });
  return objectsOfRows({ nb, fabric, flows, verdicts });
}

/** An OVN of somebody else's: SNAT of a network, one address at the workload, one on the gateway that leads nowhere. */
const foreign = ovnWorld({
  nodes: [{ name: 'a' }, { name: 'b' }],
  externals: [{ name: 'ext', subnets: ['10.0.0.0/24'] }],
  routers: [
    {
      name: 'r',
      gatewayPorts: [
        {
          external: 'ext',
          members: [
            ['a', 2],
            ['b', 1],
          ],
        },
      ],
      subnets: [
        {
          name: 's',
          networks: ['192.168.0.1/24'],
          pods: [{ name: 'w', node: 'b', ips: ['192.168.0.4'] }],
        },
      ],
      nat: [
        {
          type: 'dnat_and_snat',
          externalIp: '10.0.0.8',
          logicalIp: '192.168.0.4',
          logicalPort: 'w',
          externalMac: '02:00:00:00:00:08',
        },
        { type: 'dnat_and_snat', externalIp: '10.0.0.9', logicalIp: '192.168.0.99' },
        { type: 'snat', externalIp: '10.0.0.7', logicalIp: '192.168.0.0/24' },
      ],
    },
  ],
});

test('rows of somebody else are told by the targets they are asked for with', () => {
  const { OvnFip, OvnSnatRule, OvnEip, IP, Vpc, Subnet, Node } = toldBy(foreign);
  expect(OvnFip.map(({ metadata, status }) => [metadata.name, status?.placement, status?.ready])).toEqual([
    ['nat/r/dnat_and_snat/10.0.0.8', 'distributed', true],
    ['nat/r/dnat_and_snat/10.0.0.9', 'centralized', undefined],
  ]);
  expect(OvnFip[0]).toMatchObject({
    spec: { ovnEip: '10.0.0.8', ipName: 'w' },
    status: { vpc: 'r', v4Eip: '10.0.0.8', v4Ip: '192.168.0.4', berth: 'b' },
  });
  expect(OvnFip[1]?.status?.conditions).toMatchObject([{ type: 'Ready', status: 'Unknown' }]);
  expect(OvnSnatRule).toMatchObject([
    { metadata: { name: 'nat/r/snat/10.0.0.7' }, status: { v4IpCidr: '192.168.0.0/24', berth: 'a' } },
  ]);
  expect(OvnEip.map(({ metadata, status }) => [metadata.name, status?.type, status?.nat])).toEqual(
    expect.arrayContaining([
      ['10.0.0.8', 'nat', 'fip'],
      ['10.0.0.7', 'nat', 'snat'],
    ]),
  );
  expect(IP).toMatchObject([
    { metadata: { name: 'w' }, spec: { v4IpAddress: '192.168.0.4', nodeName: 'b' } },
  ]);
  expect(Vpc).toMatchObject([{ metadata: { name: 'r' }, status: { subnets: ['s'], enableExternal: true } }]);
  expect(Subnet.map(({ metadata, spec }) => [metadata.name, spec.vpc, spec.cidrBlock])).toEqual([
    ['ext', undefined, '10.0.253.0/24'],
    ['s', 'r', '192.168.0.0/24'],
  ]);
  expect(Node.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
});

test('rows of Berth say the names of their objects, and whose pod a port is', () => {
  const nb = programmed(fieldStoryWith(...gatewayRules), fieldFabric);
  const flows = flowsOf(nb, fieldFabric);
  const told = objectsOfRows({ nb, fabric: fieldFabric, flows, verdicts: [] });
  const names = (list: readonly { readonly metadata: { readonly name: string } }[]) =>
    list.map(({ metadata }) => metadata.name);
  expect(names(told.OvnFip)).toEqual(['web']);
  expect(names(told.OvnSnatRule)).toEqual(['out']);
  expect(names(told.OvnDnatRule)).toEqual(['in']);
  expect(names(told.OvnEip)).toEqual(expect.arrayContaining(['10.9.101.9', '10.9.101.20', 'vpc1-external0']));
  expect(told.Pod).toMatchObject([
    { metadata: { namespace: 'default', name: 'web' }, spec: { nodeName: 'vnode-103-176' } },
  ]);
  expect(told.OvnDnatRule[0]?.status).toMatchObject({ protocol: 'tcp', v4Eip: '10.9.101.21' });
  expect(told.OvnDnatRule[0]?.status?.internalPort).toMatch(/^\d+$/);
});

test('where nothing can be said of packets, nothing is said of what works', () => {
  const nb = programmed(fieldStoryWith(), fieldFabric);
  const fabric = fabricOf(nb, snapshotOf(sbSchema, {}));
  const told = objectsOfRows({ nb, fabric, flows: flowsOf(nb, fabric), verdicts: [] });
  expect(told.OvnFip[0]?.status).toMatchObject({ placement: 'distributed', v4Eip: '10.9.101.9' });
  expect(told.OvnFip[0]?.status).not.toHaveProperty('ready');
  expect(told.OvnFip[0]?.status).not.toHaveProperty('berth');
});

test('a router is told with its gateways, the keeper left out', () => {
  const [attachment, ...others] = attachmentsOfRows({
    nb: programmed(fieldStoryWith(), fieldFabric),
    fabric: fieldFabric,
  });
  expect(others).toEqual([]);
  expect(attachment).toMatchObject({ vpc: 'vpc1', port: 'vpc1-external0', subnet: 'external0' });
  const told = attachmentsOfRows({ nb: foreign.nb, fabric: fabricOf(foreign.nb, foreign.sb) });
  expect(told[0]?.gateways.map(({ chassis, active }) => [chassis, active])).toEqual([
    ['a', true],
    ['b', false],
  ]);
});
