import type { Change, RowHolder } from '@berth/core';
import { ovsSchema } from '@berth/ovn';
import {
  type Atom,
  type Columns,
  isMap,
  isSet,
  isUuid,
  type RowsByTable,
  type Snapshot,
  snapshotOf,
  type Uuid,
  type Value,
} from '@berth/ovsdb/value';

/** A row's UUID in tests: the same for the same number. */
function testUuid(number: number): Uuid {
  const text = `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
  if (!isUuid(text)) throw new TypeError(text);
  return text;
}

export type SwitchOptions = {
  readonly datapathType?: string;
  readonly externalIds?: Readonly<Record<string, string>>;
  /** Bridges that somebody else made, with the interfaces on them. */
  readonly bridges?: Readonly<Record<string, readonly string[]>>;
};

/** A switch as ovn-controller and ovs-vsctl leave it: `br-int`, and the bridges of others. */
export function testSwitch({
  datapathType = 'netdev',
  externalIds = {},
  bridges = {},
}: SwitchOptions = {}): Snapshot {
  return snapshotOf(ovsSchema, testRows({ datapathType, externalIds, bridges }));
}

/** The rows of {@link testSwitch}. */
export function testRows({
  datapathType = 'netdev',
  externalIds = {},
  bridges = {},
}: SwitchOptions = {}): Record<
  'Open_vSwitch' | 'Bridge' | 'Port' | 'Interface',
  (Columns & { _uuid: Uuid })[]
> {
  let number = 1;
  const next = (): Uuid => testUuid(number++);
  const rows: ReturnType<typeof testRows> = { Open_vSwitch: [], Bridge: [], Port: [], Interface: [] };
  for (const [name, interfaces] of Object.entries({ 'br-int': [], ...bridges })) {
    const ports = [name, ...interfaces].map((port) => {
      const inner = { _uuid: next(), name: port, type: port === name ? 'internal' : '' };
      const outer = { _uuid: next(), name: port, interfaces: new Set([inner._uuid]) };
      rows.Interface.push(inner);
      rows.Port.push(outer);
      return outer._uuid;
    });
    rows.Bridge.push({ _uuid: next(), name, datapath_type: datapathType, ports: new Set(ports) });
  }
  rows.Open_vSwitch.push({
    _uuid: next(),
    bridges: new Set(rows.Bridge.map(({ _uuid }) => _uuid)),
    external_ids: new Map(Object.entries(externalIds)),
  });
  return rows;
}

/** The switch after some changes, as the server would have it. */
export function applyChanges(before: Snapshot, changes: readonly Change[]): Snapshot {
  const tables = new Map(
    before.tableNames.map((table) => [
      table,
      new Map([...before.table(table)].map((row): [Uuid, Columns] => [row._uuid, row])),
    ]),
  );
  const edit = (table: string, uuid: Uuid, columns: Columns): void => {
    const rows = tables.get(table);
    rows?.set(uuid, { ...rows.get(uuid), ...columns, _uuid: uuid });
  };
  const editSet = (holder: RowHolder, change: (set: Set<Atom>) => void): void => {
    const row = tables.get(holder.table)?.get(holder.uuid);
    if (!row) return;
    const value = row[holder.column];
    const set = new Set(isSet(value) ? value : []);
    change(set);
    edit(holder.table, holder.uuid, { [holder.column]: set });
  };
  for (const { verb, table, uuid, columns } of changes) {
    if (verb === 'delete') tables.get(table)?.delete(uuid);
    else {
      const row = tables.get(table)?.get(uuid) ?? {};
      const changed = Object.entries(columns).map(([name, change]) => [name, newValue(row, name, change)]);
      edit(table, uuid, Object.fromEntries(changed));
    }
  }
  for (const { uuid, parent, formerParents = [] } of changes) {
    for (const former of formerParents) editSet(former, (set) => set.delete(uuid));
    if (parent) editSet(parent, (set) => set.add(uuid));
  }
  const rows: RowsByTable = Object.fromEntries(
    [...tables].map(([table, byUuid]) => [table, [...byUuid.values()]]),
  );
  return snapshotOf(ovsSchema, rows);
}

/** `external_ids` keeps the keys that a change does not name. */
function newValue(row: Columns, name: string, { old, new: value }: Change['columns'][string]): Value {
  const before = row[name];
  if (name !== 'external_ids' || !isMap(value) || !isMap(before)) return value;
  const kept = [...before].filter(([key]) => !(isMap(old) && old.has(key)));
  return new Map([...kept, ...value]);
}
