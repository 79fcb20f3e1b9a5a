import { type SbTables, sbSchema } from '@berth/ovn';
import { type RowsByTable, type Snapshot, snapshotOf } from '@berth/ovsdb/value';
import { worldGroups } from './ovn-world-groups.ts';
import type { OvnWorld } from './ovn-world-model.ts';
import { networkOf, uuidOf } from './ovn-world-names.ts';
import { bindingRows } from './ovn-world-ports.ts';

/** SB of a world, all alive and settled. */
export function southboundOf(world: OvnWorld): Snapshot<SbTables> {
  return snapshotOf<SbTables>(sbSchema, southboundRows(world));
}

function southboundRows(world: OvnWorld): RowsByTable<SbTables> {
  const release = world.release ?? '23.03.1';
  const present = world.nodes.filter((node) => node.present !== false);
  return {
    SB_Global: [
      {
        _uuid: uuidOf('SB_Global', ''),
        nb_cfg: 7,
        options: new Map(
          Object.entries({ northd_internal_version: `${release}-20.27.0-70.6`, ...world.nbOptions }),
        ),
      },
    ],
    Chassis: present.map((node) => ({
      _uuid: uuidOf('Chassis', node.name),
      name: node.name,
      hostname: node.hostname ?? node.name,
      encaps: new Set([uuidOf('Encap', node.name)]),
      other_config: new Map([
        [
          'ovn-bridge-mappings',
          (node.mappings ?? world.externals.map(networkOf))
            .map((network) => `${network}:br-${network}`)
            .join(),
        ],
        ['datapath-type', node.datapath ?? 'netdev'],
      ]),
    })),
    Chassis_Private: present.map((node) => ({
      _uuid: uuidOf('Chassis_Private', node.name),
      name: node.name,
      chassis: uuidOf('Chassis', node.name),
      nb_cfg: node.lags ? 4 : 7,
    })),
    Encap: present.map((node) => ({
      _uuid: uuidOf('Encap', node.name),
      chassis_name: node.name,
      type: node.encapsulation ?? 'geneve',
      ip: `172.31.${world.nodes.indexOf(node) >> 8}.${world.nodes.indexOf(node) & 255}`,
      options: new Map([['csum', 'true']]),
    })),
    ...groupRows(world),
    ...bindingRows(world),
  };
}

function groupRows(world: OvnWorld): RowsByTable<SbTables> {
  const known = new Set(world.nodes.filter(({ present }) => present !== false).map(({ name }) => name));
  const groups = [...worldGroups(world).values()];
  return {
    HA_Chassis_Group: groups.map(({ name, members, witnesses }) => ({
      _uuid: uuidOf('SB HA_Chassis_Group', name),
      name,
      ha_chassis: new Set(members.map(([chassis]) => uuidOf('SB HA_Chassis', `${name} ${chassis}`))),
      ref_chassis: new Set([...witnesses].map((chassis) => uuidOf('Chassis', chassis))),
    })),
    HA_Chassis: groups.flatMap(({ name, members }) =>
      members.map(([chassis, priority]) => ({
        _uuid: uuidOf('SB HA_Chassis', `${name} ${chassis}`),
        chassis: known.has(chassis) ? uuidOf('Chassis', chassis) : undefined,
        priority,
        external_ids: new Map([['chassis-name', chassis]]),
      })),
    ),
  };
}
