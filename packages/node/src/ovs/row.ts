import { originKey } from '@berth/api';
import { ownerOf } from '@berth/core';
import { isMap, isSet, isUuid, type Row, type Snapshot, type Uuid } from '@berth/ovsdb/value';

/** A text column; empty when it is absent. */
export function textOf(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : '';
}

/** A number column; undefined when it is empty. */
export function numberOf(row: Row, column: string): number | undefined {
  const value = row[column];
  return typeof value === 'number' ? value : undefined;
}

/** An entry of `external_ids`. */
export function idOf(row: Row, key: string): string | undefined {
  const ids = row['external_ids'];
  const value = isMap(ids) ? ids.get(key) : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** The UUIDs in a column of references. */
export function referencesOf(row: Row, column: string): readonly Uuid[] {
  const value = row[column];
  const atoms = isSet(value) ? [...value] : [value];
  return atoms.filter((atom) => typeof atom === 'string' && isUuid(atom));
}

/** The one row of Open_vSwitch (ovs-vswitchd.conf.db(5)); undefined before the switch was ever started. */
export function rootOf(snapshot: Snapshot): Row | undefined {
  const [root] = snapshot.table('Open_vSwitch');
  return root;
}

/** The integration bridge: `external_ids:ovn-bridge` (ovn-controller(8)), default `br-int`. */
export function integrationBridge(snapshot: Snapshot): Row | undefined {
  const root = rootOf(snapshot);
  const name = (root && idOf(root, 'ovn-bridge')) ?? 'br-int';
  return rowNamed(snapshot, 'Bridge', name);
}

/** The Bridge, Port or Interface of a name. */
export function rowNamed(
  snapshot: Snapshot,
  table: 'Bridge' | 'Port' | 'Interface',
  name: string,
): Row | undefined {
  for (const row of snapshot.table(table)) if (textOf(row, 'name') === name) return row;
  return undefined;
}

/** The names of the interfaces on a bridge, its own included. */
export function interfacesOn(snapshot: Snapshot, bridge: Row): readonly string[] {
  return referencesOf(bridge, 'ports')
    .flatMap((uuid) => snapshot.table('Port').get(uuid) ?? [])
    .flatMap((port) => referencesOf(port, 'interfaces'))
    .flatMap((uuid) => snapshot.table('Interface').get(uuid) ?? [])
    .map((row) => textOf(row, 'name'));
}

/** Whether the switch has the device of an Interface: not if it cannot open it, or lost it (`ifindex` is then 0). */
export function isPresent(row: Row): boolean {
  return textOf(row, 'error') === '' && numberOf(row, 'ofport') !== -1 && numberOf(row, 'ifindex') !== 0;
}

/** Whether a row belongs to the instance. */
export function isOurs(row: Row, instance: string): boolean {
  return ownerOf(row) === instance;
}

/** The object a row was made for, as kubectl names it: `pod/default/web`. */
export function originOf(row: Row): string {
  return idOf(row, originKey) ?? '';
}

/**
 * The database as one part of the node's work sees it: rows of this instance that serve another part do not show.
 * Rows of others all show, for they may stand in the way.
 */
export function partOf(snapshot: Snapshot, instance: string, isInPart: (row: Row) => boolean): Snapshot {
  return {
    schema: snapshot.schema,
    tableNames: snapshot.tableNames,
    table(name) {
      const whole = snapshot.table(name);
      const shows = (row: Row): boolean => !isOurs(row, instance) || isInPart(row);
      const rows = [...whole].filter(shows);
      return {
        size: rows.length,
        get(uuid) {
          const row = whole.get(uuid);
          return row && shows(row) ? row : undefined;
        },
        find: (columns) => whole.find(columns).filter(shows),
        [Symbol.iterator]: () => rows.values(),
      };
    },
  };
}
