import { type Resource, resourceSetOf } from '@berth/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intentOf } from '../intent/intent-of.ts';
import { fieldFabric, fieldStory, fieldStoryWith } from '../testing/field-story.ts';
import { desiredRows } from '../testing/program.ts';
import { eip, fip, gatewayNode, node, pod, subnet, vlan, vpc } from '../testing/resources.ts';
import { rowTexts } from '../testing/row-text.ts';
import { fabricWith, settings, settle } from '../testing/settle.ts';
import { compile } from './compile.ts';
import { rowUuid } from './key.ts';

describe('the field story', () => {
  const rows = desiredRows(fieldStory, fieldFabric);

  it('compiles to exactly these rows', () => {
    expect(rowTexts(rows)).toEqual([
      'Logical_Switch name=external0',
      'Logical_Switch_Port name=external0-vpc1 type=router addresses=router options=router-port:vpc1-external0,nat-addresses:router external_ids=ls:external0',
      'Logical_Switch_Port name=localnet.external0 type=localnet addresses=unknown options=network_name:external0 external_ids=ls:external0',
      'Gateway_Chassis name=vpc1-external0-berth-keeper chassis_name=berth-keeper priority=0 external_ids=lrp:vpc1-external0',
      'Gateway_Chassis name=vpc1-external0-chassis-vnode-103-177 chassis_name=chassis-vnode-103-177 priority=99 external_ids=lrp:vpc1-external0',
      'Gateway_Chassis name=vpc1-external0-chassis-vnode-117-46 chassis_name=chassis-vnode-117-46 priority=100 external_ids=lrp:vpc1-external0',
      'Logical_Router name=vpc1 options=mac_binding_age_threshold:300,always_learn_from_arp_request:false,dynamic_neigh_routers:true',
      'Logical_Router_Port name=vpc1-external0 mac=7a:f4:44:a4:49:73 networks=10.9.101.10/24 external_ids=lr:vpc1',
      'Logical_Router_Port name=vpc1-vpc1-subnet1 mac=2a:7e:c4:cd:3b:75 networks=192.168.0.1/24 external_ids=lr:vpc1',
      'Logical_Router_Static_Route ip_prefix=0.0.0.0/0 nexthop=10.9.101.1 policy=dst-ip output_port=vpc1-external0',
      'Logical_Switch name=vpc1-subnet1',
      'Logical_Switch_Port name=vpc1-subnet1-vpc1 type=router addresses=router options=router-port:vpc1-vpc1-subnet1 external_ids=ls:vpc1-subnet1',
      'Logical_Switch_Port name=web.default addresses=16:a9:5d:08:04:05 192.168.0.4 options=requested-chassis:chassis-vnode-103-176 external_ids=ls:vpc1-subnet1',
      'NAT type=dnat_and_snat external_ip=10.9.101.9 logical_ip=192.168.0.4 logical_port=web.default external_mac=36:3e:6d:8f:9f:31',
    ]);
  });

  it('names every row by its natural key', () => {
    for (const { table, key, uuid } of rows) expect(uuid).toBe(rowUuid(table, key));
    expect(new Set(rows.map(({ uuid }) => uuid)).size).toBe(rows.length);
  });

  it('hangs every row that is no root on a row that is there', () => {
    const uuids = new Set(rows.map(({ uuid }) => uuid));
    const roots = rows.filter(({ parent }) => !parent).map(({ table }) => table);
    expect(new Set(roots)).toEqual(new Set(['Logical_Switch', 'Logical_Router']));
    for (const { parent } of rows) if (parent) expect(uuids).toContain(parent.uuid);
  });

  it('walks the two columns that distribute a floating IP back to nothing but the default', () => {
    const nat = rows.find(({ table }) => table === 'NAT');
    expect(nat?.cause).toEqual({ kind: 'OvnFip', name: 'web' });
    expect(nat?.columnOrigins?.['external_mac']).toEqual([]);
    expect(nat?.columnOrigins?.['logical_ip']).toEqual([
      { object: { kind: 'OvnFip', name: 'web' }, field: 'spec.ipName' },
    ]);
  });

  it('changes the two columns, and no other row, when the type changes', () => {
    const after = desiredRows(
      fieldStoryWith(fip('web', { ovnEip: 'web', ipName: 'web.default', type: 'centralized' })),
      fieldFabric,
    );
    expect(rowTexts(after, 'NAT')).toEqual([
      'NAT type=dnat_and_snat external_ip=10.9.101.9 logical_ip=192.168.0.4',
    ]);
    const others = rowTexts(rows).filter((line) => !line.startsWith('NAT '));
    expect(rowTexts(after).filter((line) => !line.startsWith('NAT '))).toEqual(others);
    expect(after.find(({ table }) => table === 'NAT')?.columnOrigins?.['external_mac']).toEqual([
      { object: { kind: 'OvnFip', name: 'web' }, field: 'spec.type' },
    ]);
  });
});

/** The field story in another address family, or in both. */
function storyOf(outside: string, inside: string, tag = 0): readonly Resource[] {
  return fieldStoryWith(
    vlan('external0', { id: tag }),
    subnet('external0', { cidrBlock: outside, vlan: 'external0' }),
    subnet('vpc1-subnet1', { cidrBlock: inside, vpc: 'vpc1' }),
    pod('web', { subnet: 'vpc1-subnet1', node: 'vnode-103-176' }),
    eip('web', { externalSubnet: 'external0' }),
  );
}

describe('address families', () => {
  it('compiles IPv6 as it does IPv4', () => {
    const rows = desiredRows(storyOf('2001:db8:9::/64', 'fd00:1::/64'), fieldFabric);
    expect(rowTexts(rows, 'NAT', 'Logical_Router_Static_Route', 'Logical_Router_Port')).toEqual([
      'Logical_Router_Port name=vpc1-external0 mac=7a:f4:44:a4:49:73 networks=2001:db8:9::3/64 external_ids=lr:vpc1',
      'Logical_Router_Port name=vpc1-vpc1-subnet1 mac=2a:7e:c4:cd:3b:75 networks=fd00:1::1/64 external_ids=lr:vpc1',
      'Logical_Router_Static_Route ip_prefix=::/0 nexthop=2001:db8:9::1 policy=dst-ip output_port=vpc1-external0',
      'NAT type=dnat_and_snat external_ip=2001:db8:9::2 logical_ip=fd00:1::2 logical_port=web.default external_mac=36:3e:6d:8f:9f:31',
    ]);
  });

  it('gives a dual-stack floating IP one row and a dual-stack VPC one default route per family, and one MAC', () => {
    const rows = desiredRows(
      storyOf('10.9.101.0/24,2001:db8:9::/64', '192.168.0.0/24,fd00:1::/64'),
      fieldFabric,
    );
    expect(rowTexts(rows, 'NAT', 'Logical_Router_Static_Route')).toEqual([
      'Logical_Router_Static_Route ip_prefix=0.0.0.0/0 nexthop=10.9.101.1 policy=dst-ip output_port=vpc1-external0',
      'Logical_Router_Static_Route ip_prefix=::/0 nexthop=2001:db8:9::1 policy=dst-ip output_port=vpc1-external0',
      'NAT type=dnat_and_snat external_ip=10.9.101.2 logical_ip=192.168.0.2 logical_port=web.default external_mac=36:3e:6d:8f:9f:31',
      'NAT type=dnat_and_snat external_ip=2001:db8:9::2 logical_ip=fd00:1::2 logical_port=web.default external_mac=36:3e:6d:8f:9f:31',
    ]);
    const [port] = rowTexts(rows, 'Logical_Router_Port');
    expect(port).toContain('networks=10.9.101.3/24,2001:db8:9::3/64');
  });

  it('serves the family that a dual-stack EIP and a single-stack target share', () => {
    const rows = desiredRows(storyOf('10.9.101.0/24,2001:db8:9::/64', 'fd00:1::/64'), fieldFabric);
    expect(rowTexts(rows, 'NAT')).toEqual([
      'NAT type=dnat_and_snat external_ip=2001:db8:9::2 logical_ip=fd00:1::2 logical_port=web.default external_mac=36:3e:6d:8f:9f:31',
    ]);
  });

  it('tags the localnet port of a VLAN', () => {
    const rows = desiredRows(storyOf('10.9.101.0/24', '192.168.0.0/24', 100), fieldFabric);
    expect(rowTexts(rows).find((line) => line.includes('localnet'))).toContain(' tag=100 ');
  });
});

describe('gateway groups', () => {
  it('always have the keeper, also without any gateway', () => {
    const rows = desiredRows(fieldStoryWith(node('vnode-103-177'), node('vnode-117-46')), fieldFabric);
    expect(rowTexts(rows, 'Gateway_Chassis')).toEqual([
      'Gateway_Chassis name=vpc1-external0-berth-keeper chassis_name=berth-keeper priority=0 external_ids=lrp:vpc1-external0',
    ]);
  });

  it('have one per external subnet, and no default route where there are two ways out', () => {
    const rows = desiredRows(
      fieldStoryWith(
        vlan('external1', { id: 7, provider: 'external0' }),
        subnet('external1', { cidrBlock: '10.9.102.0/24', vlan: 'external1' }),
        vpc('vpc1', { enableExternal: true, extraExternalSubnets: ['external0', 'external1'] }),
      ),
      fieldFabric,
    );
    expect(rowTexts(rows, 'Logical_Router_Static_Route')).toEqual([]);
    expect(rowTexts(rows, 'Gateway_Chassis').filter((line) => line.includes('priority=0'))).toHaveLength(2);
  });
});

describe('routes', () => {
  const routesOf = (...staticRoutes: NonNullable<ReturnType<typeof vpc>['spec']['staticRoutes']>) =>
    rowTexts(
      desiredRows(
        fieldStoryWith(
          vpc('vpc1', { enableExternal: true, extraExternalSubnets: ['external0'], staticRoutes }),
        ),
        fieldFabric,
      ),
      'Logical_Router_Static_Route',
    );

  it('of the user stand beside the default one, or in its place', () => {
    expect(routesOf({ cidr: '172.16.0.0/16', nextHopIP: '192.168.0.9' })).toEqual([
      'Logical_Router_Static_Route ip_prefix=0.0.0.0/0 nexthop=10.9.101.1 policy=dst-ip output_port=vpc1-external0',
      'Logical_Router_Static_Route ip_prefix=172.16.0.0/16 nexthop=192.168.0.9 policy=dst-ip',
    ]);
    expect(routesOf({ cidr: '0.0.0.0/0', nextHopIP: '10.9.101.2' })).toEqual([
      'Logical_Router_Static_Route ip_prefix=0.0.0.0/0 nexthop=10.9.101.2 policy=dst-ip output_port=vpc1-external0',
    ]);
  });

  it('to one address are host routes, and may match the source', () => {
    expect(routesOf({ cidr: '192.168.0.4', nextHopIP: '10.9.101.7', policy: 'policySrc' })).toContain(
      'Logical_Router_Static_Route ip_prefix=192.168.0.4/32 nexthop=10.9.101.7 policy=src-ip output_port=vpc1-external0',
    );
  });

  it('that are written twice are one row', () => {
    const route = { cidr: '172.16.0.0/16', nextHopIP: '192.168.0.9' };
    expect(routesOf(route, route)).toHaveLength(2);
  });
});

describe('determinism', () => {
  const large: readonly Resource[] = [
    ...fieldStory,
    gatewayNode('g3'),
    ...['a', 'b', 'c'].flatMap((name) => [
      vpc(name, { enableExternal: true }),
      subnet(`${name}-s`, { vpc: name, cidrBlock: '10.0.0.0/24' }),
      pod(`${name}1`, { subnet: `${name}-s` }),
      pod(`${name}2`, { subnet: `${name}-s`, node: 'g3' }),
      eip(`${name}1`, {}),
      fip(`${name}1`, { ovnEip: `${name}1`, ipName: `${name}1.default` }),
    ]),
  ];
  const fabric = fabricWith(
    { 'vnode-103-177': 'external0:br', g3: 'external0:br', 'vnode-117-46': 'external0:br' },
    { 'cr-b-external0': 'g3' },
  );

  it('gives the same bytes whatever order the objects come in', () => {
    const expected = settle(large, fabric);
    const bytes = JSON.stringify([expected.intent, expected.findings, rowTexts(compile(expected.intent))]);
    expect(expected.findings).toEqual([]);
    fc.assert(
      fc.property(fc.shuffledSubarray([...large], { minLength: large.length }), (shuffled) => {
        const { intent, findings } = settle(shuffled, fabric);
        expect(JSON.stringify([intent, findings, rowTexts(compile(intent))])).toBe(bytes);
      }),
      { numRuns: 30 },
    );
  });

  it('does not depend on the order within a resource set either', () => {
    const set = settle(large, fabric).resources;
    const reversed = Object.fromEntries(
      Object.entries(set).map(([kind, objects]) => [kind, [...objects].reverse()]),
    );
    const rows = (resources: typeof set): string =>
      JSON.stringify(rowTexts(compile(intentOf(resources, fabric, settings).intent)));
    expect(rows({ ...resourceSetOf([]), ...reversed })).toBe(rows(set));
  });
});
