import { setChange, type Uuid } from '@berth/ovsdb/value';
import type { Note, Sign } from './foreign-by-switch.ts';
import type { ForeignHolder, Located } from './foreign-holder.ts';

type Table = ForeignHolder['table'];

/** A switch or a router, as far as rows of others reach others through it. */
export type Holder = {
  readonly name: string;
  /** The switches that a router has ports on, and how many ports. */
  readonly switches: Counts<string>;
  /** By how many ways it has each load-balancer: it may be its own and of several of its groups. */
  readonly balancers: Counts<Uuid>;
  /** What of others a router translates and balances. */
  readonly foreign: Set<Located>;
  /** The list of it alone: most rows are held by one, and all of these share it. */
  readonly alone: readonly Holder[];
};

type Counts<Of> = Map<Of, number>;

/** The load-balancers that a group has, and who has it, by the group's UUID. */
type BalancerGroups = Map<Uuid, { balancers: ReadonlySet<Uuid>; readonly holders: Set<Holder> }>;

/**
 * Who holds what, and which switch leads to which router. One thing after another is taken away or brought, and each time what that makes of what is there
 * then is noted, so that all the notes together are the difference, whatever else changed with it.
 */
export type Reach = {
  /** Rows of others, by table and UUID. */
  readonly rows: Readonly<Record<Table, Map<Uuid, Located>>>;
  /** Who holds each row, whoever made it, by table and UUID: NB is not asked for that the other way around. */
  readonly holders: Readonly<Record<Table, Map<Uuid, readonly Holder[]>>>;
  /** The name of the router port that a switch's port leads to. */
  readonly links: Map<Uuid, string>;
  /** The names of router ports, and which have one. */
  readonly portNames: Map<Uuid, string>;
  readonly portsNamed: Map<string, readonly Uuid[]>;
  /** The switches that lead to a router port of a name, and by how many ports. */
  readonly leading: Map<string, Counts<string>>;
  readonly groups: BalancerGroups;
  notes: Note[];
};

/** A switch or a router that holds nothing. */
export function newHolder(name: string): Holder {
  const alone: Holder[] = [];
  const holder = { name, switches: new Map(), balancers: new Map(), foreign: new Set<Located>(), alone };
  alone.push(holder);
  return holder;
}

/** Nobody holds anything. */
export function newReach(): Reach {
  const byTable = <T>(): Record<Table, Map<Uuid, T>> => ({
    Load_Balancer: new Map(),
    Logical_Router_Port: new Map(),
    Logical_Switch_Port: new Map(),
    NAT: new Map(),
  });
  return {
    ...{ rows: byTable<Located>(), holders: byTable<readonly Holder[]>(), links: new Map() },
    ...{ portNames: new Map(), portsNamed: new Map(), leading: new Map(), notes: [] },
    groups: new Map(),
  };
}

/** A switch or a router takes a row or lets go of it. */
export function hold(reach: Reach, holder: Holder, table: Table, uuid: Uuid, sign: Sign): void {
  const holders = reach.holders[table];
  const now = holders.get(uuid);
  if (sign < 0) tell(reach, holder, table, uuid, sign);
  if (sign > 0) holders.set(uuid, now ? [...now, holder] : holder.alone);
  else if (now && now.length > 1)
    holders.set(
      uuid,
      now.filter((each) => each !== holder),
    );
  else holders.delete(uuid);
  if (sign > 0) tell(reach, holder, table, uuid, sign);
}

/** A router takes a load-balancer by one way more or less; with the first it has it, with the last one it has it no more. */
export function holdBalancer(reach: Reach, holder: Holder, uuid: Uuid, sign: Sign): void {
  if (count(holder.balancers, uuid, sign)) hold(reach, holder, 'Load_Balancer', uuid, sign);
}

/** A router takes a group of load-balancers, or lets go of it. */
export function holdGroup(reach: Reach, holder: Holder, uuid: Uuid, sign: Sign): void {
  const { balancers, holders } = groupIn(reach, uuid);
  if (sign > 0) holders.add(holder);
  else holders.delete(holder);
  for (const each of balancers) holdBalancer(reach, holder, each, sign);
}

/** A group has these load-balancers now. */
export function regroup(reach: Reach, uuid: Uuid, balancers: ReadonlySet<Uuid>): void {
  const group = groupIn(reach, uuid);
  const { added, removed } = setChange(group.balancers, balancers);
  for (const holder of group.holders) {
    for (const each of removed) holdBalancer(reach, holder, each as Uuid, -1);
    for (const each of added) holdBalancer(reach, holder, each as Uuid, 1);
  }
  group.balancers = balancers;
  if (balancers.size === 0 && group.holders.size === 0) reach.groups.delete(uuid);
}

function groupIn({ groups }: Reach, uuid: Uuid) {
  const group = groups.get(uuid) ?? { balancers: new Set<Uuid>(), holders: new Set<Holder>() };
  groups.set(uuid, group);
  return group;
}

/** A row changes by `change`, wherever it is held. */
export function replace(reach: Reach, table: Table, uuid: Uuid, change: () => void): void {
  const holders = reach.holders[table].get(uuid) ?? [];
  for (const holder of holders) tell(reach, holder, table, uuid, -1);
  change();
  for (const holder of holders) tell(reach, holder, table, uuid, 1);
}

/** Notes what of a row that is held comes or goes. */
function tell(reach: Reach, holder: Holder, table: Table, uuid: Uuid, sign: Sign): void {
  const located = reach.rows[table].get(uuid);
  if (table === 'Logical_Switch_Port') {
    if (located) reach.notes.push({ switchName: holder.name, located, router: undefined, sign });
    const link = reach.links.get(uuid);
    if (link !== undefined) lead(reach, link, holder.name, sign);
  } else if (table === 'Logical_Router_Port') {
    const name = reach.portNames.get(uuid);
    const switches = name === undefined ? undefined : reach.leading.get(name);
    for (const switchName of switches?.keys() ?? []) attach(reach, holder, uuid, switchName, sign);
  } else if (located) {
    if (sign > 0) holder.foreign.add(located);
    else holder.foreign.delete(located);
    for (const switchName of holder.switches.keys())
      reach.notes.push({ switchName, located, router: holder.name, sign });
  }
}

/** A port of a switch leads to the router port of a name, or no longer. */
function lead(reach: Reach, portName: string, switchName: string, sign: Sign): void {
  const { leading, portsNamed, holders } = reach;
  const switches = leading.get(portName) ?? new Map<string, number>();
  leading.set(portName, switches);
  const isOther = count(switches, switchName, sign);
  if (switches.size === 0) leading.delete(portName);
  if (!isOther) return;
  for (const uuid of portsNamed.get(portName) ?? [])
    for (const router of holders.Logical_Router_Port.get(uuid) ?? [])
      attach(reach, router, uuid, switchName, sign);
}

/** A port of a router comes to a switch, or goes; with the first one comes all else that the router has, with the last one it goes. */
function attach(reach: Reach, router: Holder, port: Uuid, switchName: string, sign: Sign): void {
  const note = (located: Located): void => {
    reach.notes.push({ switchName, located, router: router.name, sign });
  };
  const located = reach.rows.Logical_Router_Port.get(port);
  if (located) note(located);
  if (count(router.switches, switchName, sign)) for (const each of router.foreign) note(each);
}

/** Counts one more or one less; whether it is the first one, or was the last. */
function count<Of>(counts: Counts<Of>, name: Of, sign: Sign): boolean {
  const after = (counts.get(name) ?? 0) + sign;
  if (after === 0) counts.delete(name);
  else counts.set(name, after);
  return after === 0 || (after === 1 && sign > 0);
}
