import { setChange } from '../value/difference.ts';
import { PersistentMap } from '../value/persistent-map.ts';
import { PersistentSet } from '../value/persistent-set.ts';
import type { Snapshot } from '../value/snapshot.ts';
import { isUuid } from '../value/uuid.ts';
import type { Atom, Row, Uuid } from '../value/value.ts';
import { type ReferenceColumn, referenceColumnsOf, targetsOf } from './reference-columns.ts';

/** A row of a table. */
export type RowName = { readonly table: string; readonly uuid: Uuid };

/** Who refers to whom: for each row referred to, how many strong references hold it and which columns refer to it weakly. */
export type ReferenceIndex = {
  readonly strong: PersistentMap<string, number>;
  readonly weak: PersistentMap<string, PersistentSet<string>>;
};

/** A row that was or is to be changed. */
type Change = RowName & { readonly before?: Row | undefined; readonly after?: Row | undefined };

/** What a change did to strong references: rows that gained one and rows that lost one. */
export type StrongChange = { readonly gained: readonly RowName[]; readonly lost: readonly RowName[] };

const ofSnapshot = new WeakMap<Snapshot, ReferenceIndex>();

/** The references of a whole snapshot: remembered where it came from `applyTransaction`, else counted. */
export function referencesOf(snapshot: Snapshot): ReferenceIndex {
  const known = ofSnapshot.get(snapshot);
  if (known !== undefined) return known;
  const editor = new ReferenceEditor(snapshot, {
    strong: PersistentMap.of(),
    weak: PersistentMap.of(),
  });
  for (const table of snapshot.tableNames) {
    if ((referenceColumnsOf(snapshot.schema).get(table) ?? []).length === 0) continue;
    for (const after of snapshot.table(table)) editor.change({ table, uuid: after._uuid, after });
  }
  const index = editor.index();
  ofSnapshot.set(snapshot, index);
  return index;
}

/** Remembers the references of a snapshot. */
export function keepReferences(snapshot: Snapshot, index: ReferenceIndex): void {
  ofSnapshot.set(snapshot, index);
}

/** Follows changes of rows. A row's references to itself count for nothing. */
export class ReferenceEditor {
  readonly #columns: ReadonlyMap<string, readonly ReferenceColumn[]>;
  readonly #base: ReferenceIndex;
  readonly #strong = new Map<string, number>();
  readonly #weak = new Map<string, PersistentSet<string>>();

  constructor(snapshot: Snapshot, base: ReferenceIndex) {
    this.#columns = referenceColumnsOf(snapshot.schema);
    this.#base = base;
  }

  /** Takes a change in. Costs as much as the difference of the references. */
  change({ table, uuid, before, after }: Change): StrongChange {
    const gained: RowName[] = [];
    const lost: RowName[] = [];
    for (const { column, part, refTable, strong } of this.#columns.get(table) ?? []) {
      const from = targetsOf(before?.[column], part);
      const to = targetsOf(after?.[column], part);
      if (from === to) continue;
      const { added, removed } = setChange(from, to);
      const isSelf = (target: Atom) => target === uuid && refTable === table;
      const names = (targets: readonly Atom[]) =>
        targets.filter((target) => !isSelf(target)).flatMap((target) => nameOf(refTable, target));
      if (strong) {
        gained.push(...names(added));
        lost.push(...names(removed));
      } else this.#changeWeak(`${table} ${uuid} ${column}`, refTable, added, removed);
    }
    for (const target of gained) this.#count(target, 1);
    for (const target of lost) this.#count(target, -1);
    return { gained, lost };
  }

  /** How many strong references hold a row. */
  strongCount(row: RowName): number {
    const key = keyOf(row);
    return this.#strong.get(key) ?? this.#base.strong.get(key) ?? 0;
  }

  /** The rows and columns that refer to a row weakly. */
  weakHolders(row: RowName): readonly (RowName & { readonly column: string })[] {
    const key = keyOf(row);
    return [...(this.#weak.get(key) ?? this.#base.weak.get(key) ?? [])].flatMap((holder) => {
      const [table, uuid, column] = holder.split(' ');
      const named = table !== undefined && uuid !== undefined && column !== undefined && isUuid(uuid);
      return named ? [{ table, uuid, column }] : [];
    });
  }

  index(): ReferenceIndex {
    const strong = this.#base.strong.edit((draft) => {
      for (const [key, count] of this.#strong) {
        if (count === 0) draft.delete(key);
        else draft.set(key, count);
      }
    });
    const weak = this.#base.weak.edit((draft) => {
      for (const [key, holders] of this.#weak) {
        if (holders.size === 0) draft.delete(key);
        else draft.set(key, holders);
      }
    });
    return { strong, weak };
  }

  #count(row: RowName, change: number): void {
    this.#strong.set(keyOf(row), this.strongCount(row) + change);
  }

  #changeWeak(holder: string, refTable: string, added: readonly Atom[], removed: readonly Atom[]): void {
    const update = (target: Atom, gained: readonly string[], gone: readonly string[]) => {
      const key = `${refTable} ${target}`;
      const present = this.#weak.get(key) ?? this.#base.weak.get(key) ?? PersistentSet.of<string>();
      this.#weak.set(key, present.with(gained, gone));
    };
    for (const target of removed) update(target, [], [holder]);
    for (const target of added) update(target, [holder], []);
  }
}

function keyOf({ table, uuid }: RowName): string {
  return `${table} ${uuid}`;
}

function nameOf(table: string, target: Atom): readonly RowName[] {
  return typeof target === 'string' && isUuid(target) ? [{ table, uuid: target }] : [];
}
