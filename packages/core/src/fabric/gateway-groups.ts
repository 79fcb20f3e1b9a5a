import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot, Uuid } from '@berth/ovsdb/value';
import type { Chassis, GatewayGroup, GroupMember, PortBinding } from './fabric.ts';
import { watchedPortsOf } from './router-groups.ts';
import { compareText, finderOf, heldRows, rowsOf } from './tables.ts';

type RouterPort = NbTables['Logical_Router_Port'];

/** Whether groups are as SB has them, or as northd will make them of NB. */
export type GroupsFrom = 'sb' | 'nb';

/** What is known of the chassis and ports when groups are read. */
export type GroupSources = {
  readonly nb: Snapshot<NbTables>;
  readonly sb: Snapshot<SbTables>;
  readonly chassis: ReadonlyMap<string, Chassis>;
  readonly bindings: ReadonlyMap<string, PortBinding>;
  readonly groupsFrom: GroupsFrom;
};

/**
 * The group of every gateway port, by the router port's name: as SB has it (Port_Binding `cr-<port>`), from NB where
 * northd has not come to it yet. A router that is pinned to a chassis (`options:chassis`) gives each port a group of one.
 * `fromNb` names the ports of which SB does not tell.
 */
export function gatewayGroupsOf(sources: GroupSources): {
  readonly groups: ReadonlyMap<string, GatewayGroup>;
  readonly fromNb: readonly string[];
} {
  const { nb, chassis, groupsFrom } = sources;
  const portOf = finderOf(nb, 'Logical_Router_Port');
  const inSb = southGroups(sources);
  const membersInNb = northMembers(nb);
  const watched = watchedPortsOf(nb);
  const groups = new Map<string, GatewayGroup>();
  const fromNb: string[] = [];
  const routers = [...rowsOf(nb, 'Logical_Router')].sort((left, right) => compareText(left.name, right.name));
  for (const router of routers) {
    const watchedPorts = watched.get(router._uuid) ?? new Set<string>();
    const pinned = router.options?.get('chassis');
    for (const port of heldRows(router.ports, portOf)) {
      const wanted = membersInNb(port);
      if (pinned !== undefined) {
        groups.set(port.name, { ...pinnedGroup(pinned, chassis), watchedPorts });
      } else if (wanted !== undefined) {
        const group = inSb(port.name);
        const off = disabledPart(router, port);
        if (group === undefined && !off.isOff) fromNb.push(port.name);
        groups.set(port.name, {
          ...(group ?? northGroup(wanted, sources, watchedPorts)),
          watchedPorts,
          ...off,
        });
      }
    }
  }
  return { groups, fromNb: groupsFrom === 'nb' ? [] : fromNb.sort(compareText) };
}

function pinnedGroup(name: string, chassis: GroupSources['chassis']): GroupRow {
  const member = { chassis: name, priority: 0, present: chassis.has(name) };
  return { name, row: undefined, members: [member], witnesses: new Set() };
}

/** Of a router or a router port that is disabled northd makes nothing. */
function disabledPart(...rows: readonly Pick<RouterPort, 'enabled'>[]): Pick<GatewayGroup, 'isOff'> {
  return rows.some(({ enabled }) => enabled === false) ? { isOff: true } : {};
}

type GroupRow = Omit<GatewayGroup, 'watchedPorts'>;

function southGroups({ sb, groupsFrom }: GroupSources): (port: string) => GroupRow | undefined {
  if (groupsFrom === 'nb') return () => undefined;
  const chassisOf = finderOf(sb, 'Chassis');
  const memberOf = finderOf(sb, 'HA_Chassis');
  const byRow = new Map<Uuid, GroupRow>();
  for (const row of rowsOf(sb, 'HA_Chassis_Group')) {
    const members = heldRows(row.ha_chassis, memberOf).map(
      ({ chassis, external_ids, priority }): GroupMember => {
        const present = chassisOf(chassis);
        return {
          chassis: present?.name ?? external_ids?.get('chassis-name') ?? '',
          priority,
          present: present !== undefined,
        };
      },
    );
    const names = new Set(members.map(({ chassis }) => chassis));
    const witnesses = heldRows(row.ref_chassis, chassisOf)
      .map(({ name }) => name)
      .filter((name) => !names.has(name));
    byRow.set(row._uuid, {
      name: row.name,
      row: row._uuid,
      members: members.sort(byElection),
      witnesses: new Set(witnesses.sort(compareText)),
    });
  }
  const byPort = new Map<string, GroupRow>();
  for (const { logical_port, ha_chassis_group } of rowsOf(sb, 'Port_Binding')) {
    const group = ha_chassis_group === undefined ? undefined : byRow.get(ha_chassis_group);
    if (group !== undefined) byPort.set(logical_port, group);
  }
  return (port) => byPort.get(`cr-${port}`);
}

type NorthGroup = {
  readonly name: string;
  readonly members: readonly { chassis: string; priority: number }[];
};

/** Reads a router port's group in NB; of both kinds `ha_chassis_group` wins (ovn-nb(5), Logical_Router_Port). */
function northMembers(nb: Snapshot<NbTables>): (port: RouterPort) => NorthGroup | undefined {
  const groupOf = finderOf(nb, 'HA_Chassis_Group');
  const memberOf = finderOf(nb, 'HA_Chassis');
  const gatewayOf = finderOf(nb, 'Gateway_Chassis');
  return ({ name, ha_chassis_group, gateway_chassis }) => {
    const group = groupOf(ha_chassis_group);
    const rows =
      group === undefined ? heldRows(gateway_chassis, gatewayOf) : heldRows(group.ha_chassis, memberOf);
    // A group without members makes the port a gateway port all the same, and nobody its gateway.
    if (group === undefined && rows.length === 0) return undefined;
    return {
      name: group?.name ?? name,
      members: rows.map(({ chassis_name, priority }) => ({ chassis: chassis_name, priority })),
    };
  };
}

function northGroup(
  { name, members }: NorthGroup,
  { chassis, bindings }: GroupSources,
  watchedPorts: ReadonlySet<string>,
): GroupRow {
  const names = new Set(members.map((member) => member.chassis));
  const witnesses = new Set<string>();
  if (members.length > 1) {
    for (const port of watchedPorts) {
      const at = bindings.get(port)?.chassis;
      if (at !== undefined && !names.has(at)) witnesses.add(at);
    }
  }
  return {
    name,
    row: undefined,
    members: members.map((each) => ({ ...each, present: chassis.has(each.chassis) })).sort(byElection),
    witnesses: new Set([...witnesses].sort(compareText)),
  };
}

/** The order in which ovn-controller ranks members: priority, then name, both descending. */
function byElection(left: GroupMember, right: GroupMember): number {
  return right.priority - left.priority || compareText(right.chassis, left.chassis);
}
