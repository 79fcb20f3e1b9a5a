import type { Row, Snapshot, Uuid } from '@berth/ovsdb/value';
import { keeperChassis } from '../fabric/keeper.ts';
import type { Change } from './change.ts';
import { references } from './observed.ts';

/** A router port that is there, and whether nobody at all is its gateway (ovn-nb(5), gateway_chassis and ha_chassis_group). */
export type HeldPort = {
  readonly name: string;
  readonly isEmpty: boolean;
  /** Only the keeper is left, which stands for no chassis. */
  readonly isBare: boolean;
};

/** The router ports of a database, by the gateways they have. */
export type Members = {
  /** The port that a change of a Gateway_Chassis row is about; undefined where there is no such port. */
  portOf(change: Change): HeldPort | undefined;
};

/** Reads which router port has which gateways. */
export function membersIn(observed: Snapshot): Members {
  const ports = new Map<Uuid, HeldPort>();
  const holders = new Map<Uuid, HeldPort>();
  for (const row of observed.table('Logical_Router_Port')) {
    const members = [...references(row['gateway_chassis'])];
    const grouped = hasGroup(observed, row);
    const port = {
      name: String(row['name']),
      isEmpty: members.length === 0 && !grouped,
      isBare: !grouped && members.every((member) => isKeeper(observed, member)),
    };
    ports.set(row._uuid, port);
    for (const member of members) holders.set(member, port);
  }
  return {
    portOf: ({ uuid, parent, formerParents: [former] = [] }) =>
      ports.get(parent?.uuid ?? uuid) ?? holders.get(uuid) ?? (former && ports.get(former.uuid)),
  };
}

function isKeeper(observed: Snapshot, member: Uuid): boolean {
  return observed.table('Gateway_Chassis').get(member)?.['chassis_name'] === keeperChassis;
}

function hasGroup(observed: Snapshot, port: Row): boolean {
  const groups = [...references(port['ha_chassis_group'])];
  if (!observed.tableNames.includes('HA_Chassis_Group')) return groups.length > 0;
  return groups.some((group) => {
    const row = observed.table('HA_Chassis_Group').get(group);
    return row !== undefined && [...references(row['ha_chassis'])].length > 0;
  });
}
