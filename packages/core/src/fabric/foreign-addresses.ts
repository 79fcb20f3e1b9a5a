import type { NbTables } from '@berth/ovn';
import {
  type Atom,
  isSet,
  type RowChange,
  type Snapshot,
  setChange,
  type Uuid,
  type Value,
} from '@berth/ovsdb/value';
import { perObject } from '../memo/per-object.ts';
import { changesOf, following } from './following.ts';
import { type BySwitch, type ForeignAddresses, noted, onNoSwitch, type Sign } from './foreign-by-switch.ts';
import { type ForeignHolder, type HoldingRow, holdingTables, holdsForeign } from './foreign-holder.ts';
import {
  type Holder,
  hold,
  holdBalancer,
  holdGroup,
  newHolder,
  newReach,
  type Reach,
  regroup,
  replace,
} from './foreign-reach.ts';

/** Others have no addresses. */
export const noForeignAddresses: ForeignAddresses = new Map();

/**
 * The addresses that rows of others have, by the name of the logical switch on which they are answered: ports of the switch, and of the routers that
 * have a port on it their ports there, and all that they translate and balance, themselves or by a group of load-balancers, as far as anybody there asks for it. It costs what changed since the
 * snapshot before of the same database, and is the very same while that is nothing of others, for each switch by itself.
 */
export const foreignAddressesOf = perObject(
  (nb: Snapshot<NbTables>): ReadonlyMap<string, ForeignAddresses> => followed(nb.schema, nb, {}).answer,
);

/** Who holds what, which goes on from snapshot to snapshot, and the answer. */
type Known = {
  readonly reach: Reach;
  readonly holders: Readonly<Record<HolderTable, Map<Uuid, Holder>>>;
  readonly answer: BySwitch;
};

type HolderTable = keyof typeof held;

/** The reference sets of switches and routers that hold what has addresses. */
const held = {
  Logical_Router: {
    ports: holding('Logical_Router_Port'),
    nat: holding('NAT'),
    load_balancer: holdBalancer,
    load_balancer_group: holdGroup,
  },
  // A switch balances what its own ports send and answers for no virtual address.
  Logical_Switch: { ports: holding('Logical_Switch_Port') },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Holding>>>>;

/** A holder takes a row, or lets go of it. */
type Holding = (reach: Reach, holder: Holder, row: Uuid, sign: Sign) => void;

function holding(table: ForeignHolder['table']): Holding {
  return (reach, holder, row, sign) => hold(reach, holder, table, row, sign);
}

const followed = following(
  (): Known => ({
    reach: newReach(),
    holders: { Logical_Router: new Map(), Logical_Switch: new Map() },
    answer: onNoSwitch,
  }),
  ({ reach, holders, answer }, changed, _nb: Snapshot<NbTables>): Known => {
    reach.notes = [];
    // Rows first: of a database that was not seen yet nobody holds them so far.
    for (const table of holdingTables)
      for (const { uuid, after } of changesOf(changed, table))
        followRow(reach, table, uuid, after as HoldingRow | undefined);
    for (const { uuid, after } of changesOf(changed, 'Load_Balancer_Group'))
      regroup(reach, uuid, setIn(after as HolderRow | undefined, 'load_balancer') as ReadonlySet<Uuid>);
    for (const table of ['Logical_Router', 'Logical_Switch'] as const)
      for (const change of changesOf(changed, table)) followHolder(reach, holders[table], table, change);
    return { reach, holders, answer: noted(answer, reach.notes) };
  },
);

/** Takes in what a row is now, as far as it is of others, leads to a router or is where one is led to. */
function followRow(
  reach: Reach,
  table: ForeignHolder['table'],
  uuid: Uuid,
  row: HoldingRow | undefined,
): void {
  const { rows, links, portNames, portsNamed } = reach;
  const link = linkIn(table, row);
  const portName =
    table === 'Logical_Router_Port' ? (row as { readonly name: string } | undefined)?.name : undefined;
  const isForeign = row !== undefined && holdsForeign(table, row);
  const isLinked = table === 'Logical_Switch_Port' && links.get(uuid) !== link;
  const isRenamed = table === 'Logical_Router_Port' && portNames.get(uuid) !== portName;
  if (!isForeign && !rows[table].has(uuid) && !isLinked && !isRenamed) return;
  replace(reach, table, uuid, () => {
    set(rows[table], uuid, isForeign ? { table, row } : undefined);
    if (isLinked) set(links, uuid, link);
    if (!isRenamed) return;
    const without = (name: string) => (portsNamed.get(name) ?? []).filter((each) => each !== uuid);
    const before = portNames.get(uuid);
    if (before !== undefined) set(portsNamed, before, present(without(before)));
    if (portName !== undefined) set(portsNamed, portName, [...without(portName), uuid]);
    set(portNames, uuid, portName);
  });
}

/** A list, where anything is in it. */
function present<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length > 0 ? list : undefined;
}

function linkIn(table: string, row: HoldingRow | undefined): string | undefined {
  if (table !== 'Logical_Switch_Port' || row === undefined) return undefined;
  const { type, options } = row as NbTables['Logical_Switch_Port'];
  return type === 'router' ? options.get('router-port') : undefined;
}

type HolderRow = { readonly name: string } & { readonly [column: string]: Value };

/** Takes in what a switch or a router holds now; by another name it is another one. */
function followHolder(
  reach: Reach,
  holders: Map<Uuid, Holder>,
  table: HolderTable,
  { uuid, before, after }: RowChange,
): void {
  const [was, is] = [before as HolderRow | undefined, after as HolderRow | undefined];
  if (was && is && was.name !== is.name) {
    followHolder(reach, holders, table, { uuid, before });
    followHolder(reach, holders, table, { uuid, after });
    return;
  }
  const holder = holders.get(uuid) ?? newHolder(is?.name ?? '');
  for (const [column, take] of Object.entries<Holding>(held[table])) {
    const { added, removed } = setChange(setIn(was, column), setIn(is, column));
    for (const each of removed) take(reach, holder, each as Uuid, -1);
    for (const each of added) take(reach, holder, each as Uuid, 1);
  }
  set(holders, uuid, is && holder);
}

const nothing: ReadonlySet<Atom> = new Set();

function setIn(row: HolderRow | undefined, column: string): ReadonlySet<Atom> {
  const value = row?.[column];
  return value !== undefined && isSet(value) ? value : nothing;
}

function set<Key, Item>(map: Map<Key, Item>, key: Key, item: Item | undefined): void {
  if (item === undefined) map.delete(key);
  else map.set(key, item);
}
