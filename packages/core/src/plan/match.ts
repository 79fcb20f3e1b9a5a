import type { Snapshot, Uuid } from '@berth/ovsdb/value';
import type { DesiredRow } from '../compile/row.ts';
import type { InterruptedFlow } from './change.ts';
import { type Observed, type ObservedRow, ownerOf, type PlannedDatabase, parentsFirst } from './observed.ts';

/** What to compare, and on whose behalf. */
export type PlanInput = {
  readonly db: PlannedDatabase;
  readonly desired: readonly DesiredRow[];
  readonly observed: Snapshot;
  /** Tables that this plan is about: rows of ours in them that nobody wants are removed. */
  readonly tables: ReadonlySet<string>;
  /** Rows that carry this owner are ours. */
  readonly instance: string;
  /** Names of nodes by chassis, for what is told of gateways. */
  readonly nodeNames?: ReadonlyMap<string, string> | undefined;
  /** The chassis that have ports now, by the port's name (ovn-sb(5), Port_Binding chassis), for what is told of workloads. */
  readonly claims?: ReadonlyMap<string, string> | undefined;
  /** Take over rows that someone else made under the natural key of one of ours; otherwise they are clashes. */
  readonly adopt?: Adopting;
};

/** Whether rows of somebody else are taken over: none, all, or `quietly` all but those where that would interrupt traffic, which stay clashes. */
export type Adopting = boolean | 'quietly';

/** Rows of somebody else that are not to be taken over, each with what users would notice. */
export type Left = ReadonlyMap<Uuid, readonly InterruptedFlow[]>;

/** A desired row and the row it is in the database. */
export type Matched = {
  readonly desired: DesiredRow;
  /** Its UUID there: the desired one, unless the row was made by someone else. */
  readonly uuid: Uuid;
  readonly found: ObservedRow | undefined;
  /** Whether it is not marked as ours. */
  readonly foreign: boolean;
};

/** A desired row that is no row in the database, or none that can be judged. */
type Unmatched = {
  readonly desired: DesiredRow;
  /** The row of somebody else in its place; undefined where it waits for what is to hold it. */
  readonly clashing: ObservedRow | undefined;
  /** Whether it is there all the same. */
  readonly isOwn: boolean;
};

/** What became of the desired rows. */
export type Matching = {
  /** By desired UUID, parents first. */
  readonly matched: ReadonlyMap<Uuid, Matched>;
  /** The others, parents first. */
  readonly unmatched: readonly Unmatched[];
  /** Rows that are there but cannot be judged, because what is to hold them clashes: they stay as they are. */
  readonly waiting: ReadonlySet<Uuid>;
  /** Rows of somebody else in the place of ours, with what is asked for there. */
  readonly inPlace: ReadonlyMap<Uuid, DesiredRow>;
};

/** Finds for each desired row the row that is it, parents first. Rows that clash, and rows held by those, are left out, and so are those `left`. */
export function match(input: PlanInput, observed: Observed, left: Left = nothingLeft): Matching {
  const matched = new Map<Uuid, Matched>();
  const unmatched: Unmatched[] = [];
  const waiting = new Set<Uuid>();
  const inPlace = new Map<Uuid, DesiredRow>();
  for (const desired of inOrder(input.desired)) {
    const found = observed.byUuid.get(desired.uuid) ?? observed.withKey(desired.table, desired.key);
    const { parent, uuid } = desired;
    const isOwn = found !== undefined && isOurs(found, desired, input);
    if (parent && !matched.has(parent.uuid) && !isFixedParent(input, desired)) {
      if (found) waiting.add(found.row._uuid);
      unmatched.push({ desired, clashing: undefined, isOwn });
    } else if (found && !isOwn && (!input.adopt || left.has(found.row._uuid))) {
      inPlace.set(found.row._uuid, desired);
      unmatched.push({ desired, clashing: found, isOwn });
    } else {
      const foreign = found !== undefined && !isOwn;
      matched.set(uuid, { desired, uuid: found?.row._uuid ?? uuid, found, foreign });
    }
  }
  return { matched, unmatched, waiting, inPlace };
}

/** Nothing is kept from being taken over. */
export const nothingLeft: Left = new Map();

/** Whether a row carries our mark, or no mark and the UUID that only we give it. */
function isOurs(
  { row }: ObservedRow,
  { uuid }: DesiredRow,
  { instance }: Pick<PlanInput, 'instance'>,
): boolean {
  const owner = ownerOf(row);
  return owner === instance || (row._uuid === uuid && owner === undefined);
}

/** A parent that is not among the desired rows but exists, as the root row of Open_vSwitch does. */
function isFixedParent(input: PlanInput, { parent }: DesiredRow): boolean {
  return (
    parent !== undefined &&
    !input.tables.has(parent.table) &&
    input.observed.table(parent.table).get(parent.uuid) !== undefined
  );
}

/** Rows after the rows that hold them. */
function inOrder(desired: readonly DesiredRow[]): readonly DesiredRow[] {
  const byTable = Map.groupBy(desired, ({ table }) => table);
  return parentsFirst(byTable.keys()).flatMap((table) => byTable.get(table) ?? []);
}
