import type { Snapshot, Uuid } from '@berth/ovsdb/value';
import type { DesiredRow } from '../compile/row.ts';
import { givenBackRows } from '../fabric/given-back.ts';
import type { Finding } from '../finding/finding.ts';
import type { InterruptedFlow } from './change.ts';
import { type Clash, clash, waitsFor } from './clash.ts';
import { givenBack, givenBackWith } from './given-back.ts';
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

/** What became of the desired rows. */
export type Matching = {
  /** By desired UUID, parents first. */
  readonly matched: ReadonlyMap<Uuid, Matched>;
  /** Rows that are there but cannot be judged, because what is to hold them clashes: they stay as they are. */
  readonly waiting: ReadonlySet<Uuid>;
  /** Rows of somebody else in the place of ours, with what is asked for there. */
  readonly inPlace: ReadonlyMap<Uuid, DesiredRow>;
};

/** Finds for each desired row the row that is it, parents first. Rows that clash, and rows held by those, are left out, and so are those `left`. */
export function match(
  input: PlanInput,
  observed: Observed,
  findings: Finding[],
  left: Left = nothingLeft,
): Matching {
  const matched = new Map<Uuid, Matched>();
  const waiting = new Set<Uuid>();
  const inPlace = new Map<Uuid, DesiredRow>();
  const inTheWay: InTheWay = new Map();
  const given = givenBackRows(input.observed);
  for (const desired of inOrder(input.desired)) {
    const found = observed.byUuid.get(desired.uuid) ?? observed.withKey(desired.table, desired.key);
    const { parent, uuid } = desired;
    const isOwn = found !== undefined && isOurs(found, desired, input);
    if (parent && !matched.has(parent.uuid) && !isFixedParent(input, desired)) {
      if (found) waiting.add(found.row._uuid);
      findings.push(...whyItWaits(desired, isOwn, inTheWay));
    } else if (found && !isOwn && (!input.adopt || left.has(found.row._uuid))) {
      const why = whyNotOurs(desired, found, { db: input.db, given, left });
      inTheWay.set(uuid, why);
      inPlace.set(found.row._uuid, desired);
      findings.push(...toldHere(why, found, matched));
    } else {
      const foreign = found !== undefined && !isOwn;
      matched.set(uuid, { desired, uuid: found?.row._uuid ?? uuid, found, foreign });
    }
  }
  return { matched, waiting, inPlace };
}

/** What is told of a row of somebody else in the place of one of ours. */
function whyNotOurs(
  desired: DesiredRow,
  found: ObservedRow,
  { db, given, left }: Pick<PlanInput, 'db'> & { readonly given: ReadonlySet<Uuid>; readonly left: Left },
): Clash {
  const { _uuid: uuid } = found.row;
  const flows = left.get(uuid);
  const isGiven = flows === undefined && ownerOf(found.row) === undefined && given.has(uuid);
  return isGiven ? givenBack(desired, found, { db }) : clash(desired, found, { db, flows });
}

/** Nothing is kept from being taken over. */
export const nothingLeft: Left = new Map();

/** What is told of a clash; of a member of a gateway group of ours `foreignMembers` tells. */
function toldHere(
  { finding }: Clash,
  { table, parents }: ObservedRow,
  matched: ReadonlyMap<Uuid, Matched>,
): readonly Finding[] {
  const isMember =
    table === 'Gateway_Chassis' &&
    [...matched.values()].some(({ uuid }) => parents.some((each) => each.uuid === uuid));
  return isMember ? [] : [finding];
}

/** Of rows that clash, and of those they would hold, by desired UUID: what is in the way. */
type InTheWay = Map<Uuid, Clash>;

/** What is told of a row that nothing holds yet; one that is there already works as it does. */
function whyItWaits(desired: DesiredRow, isOwn: boolean, inTheWay: InTheWay): readonly Finding[] {
  const why = desired.parent && inTheWay.get(desired.parent.uuid);
  if (!why) return [];
  inTheWay.set(desired.uuid, why);
  if (isOwn) return [];
  return why.finding.code === 'given-back' ? givenBackWith(desired, why) : waitsFor(desired, why);
}

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
