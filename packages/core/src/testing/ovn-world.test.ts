import { describe, expect, it } from 'vitest';
import { type OvnWorld, ovnWorld } from './ovn-world.ts';

const world: OvnWorld = {
  nodes: [{ name: 'a' }, { name: 'b', mappings: [] }, { name: 'c' }],
  externals: [{ name: 'external0', vlan: 7 }],
  routers: [
    {
      name: 'vpc1',
      gatewayPorts: [
        { external: 'external0', members: [['a', 20], ['b', 20], ['keeper', 0]] }, // biome-ignore format: one line
      ],
      subnets: [{ name: 's1', pods: [{ name: 'web', node: 'c' }, { name: 'off' }] }],
      nat: [
        {
          type: 'dnat_and_snat',
          externalIp: '10.100.0.9',
          logicalIp: '192.168.0.10',
          logicalPort: 'web',
          externalMac: '02:00:00:00:00:09',
        },
      ],
    },
  ],
};

describe('ovnWorld', () => {
  const { nb, sb } = ovnWorld(world);
  const chassis = (uuid: string | undefined) =>
    [...sb.table('Chassis')].find(({ _uuid }) => _uuid === uuid)?.name;

  it('claims what is bound, and gateways for the winner: of equals, the last by name', () => {
    const claims = [...sb.table('Port_Binding')].map((row) => [row.logical_port, chassis(row.chassis)]);
    expect(Object.fromEntries(claims)).toMatchObject({ web: 'c', 'cr-vpc1-external0': 'b' });
    expect(new Map(claims.map(([port = '', at]) => [port, at])).get('off')).toBeUndefined();
  });

  it('names members without a row, and every chassis with a port as a witness', () => {
    const [group] = sb.table('HA_Chassis_Group');
    expect([...(group?.ref_chassis ?? [])].map(chassis)).toEqual(['c']);
    const members = [...sb.table('HA_Chassis')].map((row) => row.external_ids.get('chassis-name'));
    expect(members.sort()).toEqual(['a', 'b', 'keeper']);
    expect([...sb.table('HA_Chassis')].filter((row) => row.chassis === undefined)).toHaveLength(1);
  });

  it('refers to rows that exist', () => {
    const [router] = nb.table('Logical_Router');
    for (const uuid of router?.nat ?? []) expect(nb.table('NAT').get(uuid)?.external_ip).toBe('10.100.0.9');
    for (const uuid of router?.ports ?? []) expect(nb.table('Logical_Router_Port').get(uuid)).toBeDefined();
    for (const row of nb.table('Logical_Switch')) {
      for (const uuid of row.ports) expect(nb.table('Logical_Switch_Port').get(uuid)).toBeDefined();
    }
  });
});
