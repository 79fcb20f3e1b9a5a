import { isMap, isSet, type Mutation, type Operation, type Uuid, type Value } from '@berth/ovsdb/value';
import { tableKeys } from '../compile/key.ts';
import { isSharedMap } from '../compile/row.ts';
import type { Change, RowHolder } from './change.ts';

/**
 * The operations that carry out changes; the server applies them as one. A row that is inserted travels with what
 * refers to it, else it would be collected: the row that holds it, where that one is inserted too, or one mutation per
 * row that is there already. A row that nothing refers to any more needs no delete (RFC 7047 section 3.2, `isRoot`).
 */
export function operations(changes: readonly Change[]): readonly Operation[] {
  const holders = holdersOf(changes);
  // A row that comes carries its references with it, and one that goes takes them along.
  const comingOrGoing = new Set(
    changes.filter(({ verb }) => verb === 'insert' || verb === 'delete').map(({ uuid }) => uuid),
  );
  return [
    ...changes.filter(({ verb }) => verb === 'insert').map((each) => insert(each, holders.get(each.uuid))),
    ...changes.filter(({ verb }) => verb === 'update' || verb === 'adopt').flatMap(update),
    ...[...holders.values()].filter(({ uuid }) => !comingOrGoing.has(uuid)).map(mutateHolder),
    ...changes.filter((change) => change.verb === 'delete' && !isCollected(change)).map(remove),
  ];
}

/** Whether the server removes the row by itself once nothing holds it any more. */
function isCollected({ table, formerParents }: Change): boolean {
  return formerParents !== undefined && tableKeys[table]?.isRoot !== true;
}

function insert({ table, uuid, columns }: Change, holder: Holder | undefined): Operation {
  const row: Record<string, Value> = {};
  for (const [name, { new: value }] of Object.entries(columns)) row[name] = value;
  for (const [column, children] of holder?.added ?? []) {
    const given = row[column];
    row[column] = new Set([...(isSet(given) ? given : []), ...children]);
  }
  return { op: 'insert', table, uuid, row };
}

function remove({ table, uuid }: Change): Operation {
  return { op: 'delete', table, where: [['_uuid', '==', uuid]] };
}

/** Columns that are ours alone are set; in a shared map only the keys that differ are touched. */
function update({ table, uuid, columns }: Change): readonly Operation[] {
  const where = [['_uuid', '==', uuid]] as const;
  const entries = Object.entries(columns);
  const own = entries.filter(([name]) => !isSharedMap(table, name));
  const mutations = entries
    .filter(([name]) => isSharedMap(table, name))
    .flatMap(([name, { old, new: value }]) => mapMutations(name, old, value));
  return [
    ...(own.length > 0
      ? [
          {
            op: 'update',
            table,
            where,
            row: Object.fromEntries(own.map(([name, { new: value }]) => [name, value])),
          } as const,
        ]
      : []),
    ...(mutations.length > 0 ? [{ op: 'mutate', table, where, mutations } as const] : []),
  ];
}

function mapMutations(column: string, old: Value, value: Value): readonly Mutation[] {
  const before = isMap(old) ? old : new Map();
  const after = isMap(value) ? value : new Map();
  const dropped = new Set([...before].filter(([key, each]) => after.get(key) !== each).map(([key]) => key));
  const added = new Map([...after].filter(([key, each]) => before.get(key) !== each));
  return [
    ...(dropped.size > 0 ? [[column, 'delete', dropped] as const] : []),
    ...(added.size > 0 ? [[column, 'insert', added] as const] : []),
  ];
}

type Holder = {
  readonly table: string;
  readonly uuid: Uuid;
  /** By column. */
  readonly added: Map<string, Set<Uuid>>;
  readonly dropped: Map<string, Set<Uuid>>;
};

/** What each row gains and gives up in its reference sets, by the row's UUID. */
function holdersOf(changes: readonly Change[]): ReadonlyMap<Uuid, Holder> {
  const holders = new Map<Uuid, Holder>();
  const note = ({ table, uuid, column }: RowHolder, kind: 'added' | 'dropped', child: Uuid): void => {
    const holder = holders.get(uuid) ?? { table, uuid, added: new Map(), dropped: new Map() };
    holders.set(uuid, holder);
    holder[kind].set(column, (holder[kind].get(column) ?? new Set()).add(child));
  };
  for (const { uuid, parent, formerParents } of changes) {
    if (parent) note(parent, 'added', uuid);
    for (const former of formerParents ?? []) note(former, 'dropped', uuid);
  }
  return holders;
}

function mutateHolder({ table, uuid, added, dropped }: Holder): Operation {
  return {
    op: 'mutate',
    table,
    where: [['_uuid', '==', uuid]],
    mutations: [
      ...[...dropped].map(([column, children]) => [column, 'delete', children] as const),
      ...[...added].map(([column, children]) => [column, 'insert', children] as const),
    ],
  };
}
