import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { externalNetworksOf } from './external-networks.ts';
import { type Chassis, type DataPlane, isReportOf, type NodeHealth } from './fabric.ts';
import { type GroupsFrom, gatewayGroupsOf } from './gateway-groups.ts';
import { releaseOf, tunnelBfdOf } from './globals.ts';
import { neighboursOf } from './neighbours.ts';
import { portBindingsOf } from './port-bindings.ts';
import { compareText } from './tables.ts';

/** Tables that the analysis reads. Those that a server does not have are not missed. */
export const analysedTables = {
  nb: [
    'ACL',
    'Address_Set',
    'BFD',
    'Gateway_Chassis',
    'HA_Chassis',
    'HA_Chassis_Group',
    'Load_Balancer',
    'Load_Balancer_Group',
    'Logical_Router',
    'Logical_Router_Policy',
    'Logical_Router_Port',
    'Logical_Router_Static_Route',
    'Logical_Switch',
    'Logical_Switch_Port',
    'NAT',
    'NB_Global',
    'Port_Group',
  ],
  sb: [
    'Chassis',
    'Chassis_Private',
    'Encap',
    'HA_Chassis',
    'HA_Chassis_Group',
    'MAC_Binding',
    'Port_Binding',
    'SB_Global',
  ],
} as const;

/** Reads what decides about packets; undefined where SB's groups are not among the tables that are read. */
export function dataPlaneOf(
  nb: Snapshot<NbTables>,
  sb: Snapshot<SbTables>,
  chassis: ReadonlyMap<string, Chassis>,
  reports: readonly NodeHealth[],
  groupsFrom: GroupsFrom,
  behind: ReadonlyMap<string, number>,
): DataPlane | undefined {
  if (!sb.tableNames.includes('HA_Chassis_Group')) return undefined;
  const bindings = portBindingsOf(sb);
  const { groups, fromNb } = gatewayGroupsOf({ nb, sb, chassis, bindings, groupsFrom });
  const release = releaseOf(nb, sb);
  return {
    groups,
    bindings,
    neighbours: neighboursOf(sb),
    externals: externalNetworksOf(nb),
    tunnelBfd: tunnelBfdOf(nb, sb),
    release,
    reports: [...reports].sort((left, right) => compareText(left.node, right.node)),
    assumptions: [
      ...unreported(chassis, reports, groups),
      ...unfenced(chassis, reports, behind),
      ...(release === undefined ? ['neither database says which release OVN has: 23.03 is taken'] : []),
      ...fromNb.map(
        (port) => `SB does not have the gateway of router port ${port} yet: its group is taken from NB`,
      ),
    ],
  };
}

/** Gateways that nobody keeps from answering with the flows of an earlier time: SB does not tell what they do. */
function unfenced(
  chassis: ReadonlyMap<string, Chassis>,
  reports: readonly NodeHealth[],
  behind: ReadonlyMap<string, number>,
): readonly string[] {
  const meant = [...chassis.values()].filter(
    (one) =>
      behind.has(one.name) && one.mappings.size > 0 && !reports.some((report) => isReportOf(report, one)),
  );
  if (meant.length === 0) return [];
  const names = meant.map(({ hostname, name }) => hostname || name).join(', ');
  return [
    `${names} ${meant.length > 1 ? 'stand' : 'stands'} still with the flows of an earlier time: a gateway that SB gives to another node since, and of whose group it is no member any more, is taken to be answered there no more; what NB took from there may be, see address-lingers`,
  ];
}

function unreported(
  chassis: ReadonlyMap<string, Chassis>,
  reports: readonly NodeHealth[],
  groups: DataPlane['groups'],
): readonly string[] {
  if (chassis.size === 0) return [];
  const told = new Set(
    reports.flatMap(({ node, chassis: name }) => [node, ...(name === undefined ? [] : [name])]),
  );
  const silent = [...chassis.values()].filter(({ name, hostname }) => !told.has(name) && !told.has(hostname));
  if (silent.length === 0) return [];
  const taken = `taken as alive, with tunnels and external NICs up${mayHaveServed(silent, groups) ? letGo : ''}`;
  if (silent.length < chassis.size) {
    const names = silent.map(({ hostname, name }) => hostname || name).join(', ');
    return [`nobody reports on ${names}: ${taken}`];
  }
  return [`no chassis reports on itself: all in SB are ${taken}; ${settling}`];
}

/** A gateway that another one overtook may keep its flows, which neither NB nor SB tells (decision 032). */
const letGo = ', and as having let go of what another gateway serves (two-answerers)';

/** Whether one of these chassis may have been the gateway before the one that is. */
function mayHaveServed(silent: readonly Chassis[], groups: DataPlane['groups']): boolean {
  const names = new Set(silent.map(({ name }) => name));
  return [...groups.values()].some(({ members }) => {
    const present = members.filter((member) => member.present);
    return present.length > 1 && present.some((member) => names.has(member.chassis));
  });
}

/** SB says of a chassis how far it got, and nothing until NB counts on (ovn-nbctl(8), `--wait=hv`). */
const settling = 'ovn-nbctl -t 5 --wait=hv sync asks them, and who does not follow is named then';
