import { isMap, type Mutation, type Operation, type Uuid, type Value } from '@berth/ovsdb/value';
import { sharedMaps } from '../compile/row.ts';
import type { Change } from './change.ts';

/**
 * The operations that carry out changes, in an order any prefix of which makes sense to a reader; the server applies
 * them as one. A row that is inserted travels with the mutation that refers to it (alone it would be collected).
 */
export function operations(changes: readonly Change[]): readonly Operation[] {
  const gone = new Set(changes.filter(({ verb }) => verb === 'delete').map(({ uuid }) => uuid));
  return [
    ...changes.filter(({ verb }) => verb === 'insert').map(insert),
    ...changes.filter(({ verb }) => verb === 'update' || verb === 'adopt').flatMap(update),
    ...references(changes, gone),
    ...changes.filter((change) => change.verb === 'delete' && !change.formerParents).map(remove),
  ];
}

function insert({ table, uuid, columns }: Change): Operation {
  return {
    op: 'insert',
    table,
    uuid,
    row: Object.fromEntries(Object.entries(columns).map(([name, { new: value }]) => [name, value])),
  };
}

function remove({ table, uuid }: Change): Operation {
  return { op: 'delete', table, where: [['_uuid', '==', uuid]] };
}

/** Columns that are ours alone are set; in a shared map only the keys that differ are touched. */
function update({ table, uuid, columns }: Change): readonly Operation[] {
  const where = [['_uuid', '==', uuid]] as const;
  const entries = Object.entries(columns);
  const own = entries.filter(([name]) => !sharedMaps.has(name));
  const mutations = entries
    .filter(([name]) => sharedMaps.has(name))
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

type Holder = { table: string; uuid: Uuid; added: Map<string, Set<Uuid>>; dropped: Map<string, Set<Uuid>> };

/** One mutate per row that gains or gives up references. Rows that go away themselves need none. */
function references(changes: readonly Change[], gone: ReadonlySet<Uuid>): readonly Operation[] {
  const holders = new Map<Uuid, Holder>();
  const note = (
    parent: { table: string; uuid: Uuid; column: string },
    kind: 'added' | 'dropped',
    child: Uuid,
  ): void => {
    const holder = holders.get(parent.uuid) ?? {
      table: parent.table,
      uuid: parent.uuid,
      added: new Map(),
      dropped: new Map(),
    };
    holders.set(parent.uuid, holder);
    holder[kind].set(parent.column, (holder[kind].get(parent.column) ?? new Set()).add(child));
  };
  for (const { uuid, parent, formerParents } of changes) {
    if (parent) note(parent, 'added', uuid);
    for (const former of formerParents ?? []) if (!gone.has(former.uuid)) note(former, 'dropped', uuid);
  }
  return [...holders.values()].map(({ table, uuid, added, dropped }) => ({
    op: 'mutate',
    table,
    where: [['_uuid', '==', uuid]],
    mutations: [
      ...[...dropped].map(([column, children]) => [column, 'delete', children] as const),
      ...[...added].map(([column, children]) => [column, 'insert', children] as const),
    ],
  }));
}
