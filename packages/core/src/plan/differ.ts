import {
  type Columns,
  changesBetween,
  emptySnapshot,
  type Row,
  type Snapshot,
  type Uuid,
} from '@berth/ovsdb/value';
import type { DesiredChange } from '../compile/compiler.ts';
import { ownKey, referenceColumns, tableKeys } from '../compile/key.ts';
import type { DesiredRow } from '../compile/row.ts';
import type { Change, Plan, RowHolder } from './change.ts';
import { type Dirty, heldBy, Ledger } from './ledger.ts';
import type { PlanInput } from './match.ts';
import { ownerOf, references } from './observed.ts';
import { plan, planned } from './plan.ts';
import { deletion, writing } from './row-change.ts';

/** What is the same in every plan of a differ. */
export type DifferOptions = Omit<PlanInput, 'desired' | 'observed' | keyof Seen>;

/** What is seen of nodes and ports when a plan is made. */
type Seen = Pick<PlanInput, 'nodeNames' | 'claims'>;

/** What a differ knows of the moment it planned last. */
type Known = {
  /** Nothing was planned yet. */
  readonly isNew: boolean;
  readonly observed: Snapshot;
  readonly ledger: Ledger;
  readonly writes: Map<Uuid, Change>;
  readonly removals: Map<Uuid, Change>;
};

/** Tables that a column of another row, beside the sets that hold rows, leads to. */
const referred = new Set(Object.values(referenceColumns).flatMap((columns) => Object.values(columns)));

/**
 * Plans as `plan` does, at the cost of what changed since the last time: it looks at desired rows that changed, rows of the database that
 * changed, and rows that a reference set gained or lost. Where things are not plain (a row of somebody else in the place of one of
 * ours, a row under another key, one that two rows hold) it leaves the answer to `plan`. It is a cache: a new one gives the same plans.
 */
export class Differ {
  readonly #options: DifferOptions;
  #known: Known | undefined;

  constructor(options: DifferOptions) {
    this.#options = options;
  }

  /** The plan for desired rows that changed so since the last call, on a snapshot of the same database. */
  plan(desired: DesiredChange, observed: Snapshot, seen: Seen = {}): Plan {
    const known = this.#known;
    const next =
      known && known.observed.schema === observed.schema
        ? this.#follow(known, desired, observed)
        : this.#follow(nothingKnown(observed), { removed: [], added: desired.all() }, observed);
    this.#known = next;
    if (!next) return plan({ ...this.#options, desired: desired.all(), observed, ...seen });
    return planned([...next.writes.values()], [...next.removals.values()], [], {
      ...this.#options,
      observed,
      ...seen,
    });
  }

  /** What is known after a change; undefined where things are not plain. */
  #follow(
    known: Known,
    desired: Pick<DesiredChange, 'removed' | 'added'>,
    observed: Snapshot,
  ): Known | undefined {
    const { ledger, writes, removals } = known;
    const dirty: Dirty = new Map();
    if (!ledger.change(desired, dirty) || !follow(known, observed, dirty)) return undefined;
    const next = { isNew: false, observed, ledger, writes, removals };
    const strangers = this.#strangers(next, dirty);
    for (const [uuid, table, row] of strangers) this.#judgeStranger(next, uuid, table, row);
    if (!strangers.every(([uuid, table, row]) => this.#isPlainStranger(next, uuid, table, row)))
      return undefined;
    for (const uuid of dirty.keys()) {
      const row = ledger.desired.get(uuid);
      if (row && !this.#judge(next, row)) return undefined;
    }
    const mayClash = strangers.length > 0 && [...writes.values()].some((change) => clashes(ledger, change));
    return mayClash ? undefined : next;
  }

  /** Forgets what was said of rows, and enters those that are there and not desired. */
  #strangers({ observed, ledger, writes, removals }: Known, dirty: Dirty): readonly [Uuid, string, Row][] {
    const strangers: [Uuid, string, Row][] = [];
    for (const [uuid, table] of dirty) {
      writes.delete(uuid);
      removals.delete(uuid);
      const row = this.#options.tables.has(table) ? observed.table(table).get(uuid) : undefined;
      const stranger = ledger.desired.has(uuid) ? undefined : row;
      ledger.noteStranger(uuid, table, stranger);
      if (stranger) strangers.push([uuid, table, stranger]);
    }
    return strangers;
  }

  /** Notes the change a desired row needs, if any; false where that takes more than a look at the row. */
  #judge({ observed, ledger, writes }: Known, desired: DesiredRow): boolean {
    const { table, uuid, parent } = desired;
    if (!isOffered(desired, observed) || (parent && !ledger.desired.has(parent.uuid))) return false;
    const row = observed.table(table).get(uuid);
    const parents = ledger.holdersOf(uuid);
    if (row && !this.#isInPlace(row, parents, desired)) return false;
    if ((!row || heldBy(table).length > 0) && ledger.mayClash(desired)) return false;
    const matched = { desired, uuid, found: row && { table, row, parents }, foreign: false };
    const change = writing(this.#options, matched, (each) =>
      ledger.desired.has(each) || isThere(observed, each, this.#options.tables) ? each : undefined,
    );
    if (change) writes.set(uuid, change);
    return true;
  }

  /** Whether a row is ours, under the key it should have, and held by no second row. */
  #isInPlace(row: Row, parents: readonly RowHolder[], { table, columns, parent }: DesiredRow): boolean {
    const owner = ownerOf(row);
    if (owner !== undefined && owner !== this.#options.instance) return false;
    if (parents.length > 1 || !sameOwnKey(table, row, columns)) return false;
    return tableKeys[table]?.withinParent !== true || parents[0]?.uuid === parent?.uuid;
  }

  /** Notes the removal of a row that is ours and that nobody wants. */
  #judgeStranger({ observed, ledger, removals }: Known, uuid: Uuid, table: string, row: Row): void {
    if (ownerOf(row) !== this.#options.instance) return;
    const parents = ledger.holdersOf(uuid);
    removals.set(uuid, deletion(this.#options, { table, row, parents }, ledger.keyOf(table, row, observed)));
  }

  /** Whether a row that is not desired keeps no other from being removed, and is kept from it by none. */
  #isPlainStranger({ observed, ledger, removals }: Known, uuid: Uuid, table: string, row: Row): boolean {
    const holders = ledger.holdersOf(uuid);
    if (ledger.isNamesake(table, row)) return false;
    // Told by `plan`: it may serve in a group of ours.
    const isMember = table === 'Gateway_Chassis' && ownerOf(row) !== this.#options.instance;
    if (isMember && holders.some((holder) => ledger.desired.has(holder.uuid))) return false;
    if (!removals.has(uuid)) return !holders.some((holder) => removals.has(holder.uuid));
    if (holders.length > 1) return false;
    return heldBy(table).every(({ column, childTable }) =>
      [...references(row[column])].every(
        (child) => ledger.desired.has(child) || removals.has(child) || !observed.table(childTable).get(child),
      ),
    );
  }
}

function nothingKnown({ schema, tableNames }: Snapshot): Known {
  return {
    isNew: true,
    observed: emptySnapshot(schema, tableNames),
    ledger: new Ledger(),
    writes: new Map(),
    removals: new Map(),
  };
}

/** Takes in what changed in the database; false where rows that did not change may have to do with it. */
function follow({ isNew, observed: before, ledger }: Known, after: Snapshot, dirty: Dirty): boolean {
  for (const [uuid, table] of dirty)
    if (referred.has(table) && !ledger.desired.has(uuid) && !after.table(table).get(uuid)) return false;
  for (const { table, changes } of changesBetween(before, after)) {
    for (const { uuid, before: was, after: is } of changes) {
      dirty.set(uuid, table);
      ledger.hold(table, uuid, was, is, dirty);
      if (!isNew && !ledger.desired.has(uuid) && matters(table, was, is)) return false;
    }
  }
  return true;
}

/** Whether the change of a row that is not desired may matter to rows that refer to it or that it holds. */
function matters(table: string, was: Row | undefined, is: Row | undefined): boolean {
  if (!was || !is) return referred.has(table);
  return heldBy(table).length > 0 && !sameOwnKey(table, was, is);
}

/** Whether the database has the table and every column of a row. */
function isOffered({ table, columns }: DesiredRow, { schema }: Snapshot): boolean {
  const offered = schema.tables[table]?.columns;
  if (!offered) return false;
  for (const name in columns) if (!(name in offered)) return false;
  return true;
}

function isThere(observed: Snapshot, uuid: Uuid, tables: ReadonlySet<string>): boolean {
  for (const table of referred) if (tables.has(table) && observed.table(table).get(uuid)) return true;
  return false;
}

function sameOwnKey(table: string, left: Columns, right: Columns): boolean {
  const own = ownKey(table, right);
  return ownKey(table, left).every((part, place) => part === own[place]);
}

function clashes(ledger: Ledger, { verb, uuid }: Change): boolean {
  const desired = verb === 'insert' ? ledger.desired.get(uuid) : undefined;
  return desired !== undefined && ledger.mayClash(desired);
}
