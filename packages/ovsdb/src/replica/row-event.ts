import type { TableChange } from '../value/snapshot.ts';
import type { Row, Tables, Uuid } from '../value/value.ts';

/** One row that is not as it was, by the name of its table. */
export type RowEvent<T extends Tables = Tables> = {
  readonly [Name in keyof T & string]: { readonly table: Name; readonly uuid: Uuid } & Happening<T[Name]>;
}[keyof T & string];

type Happening<R> =
  | { readonly kind: 'insert'; readonly before?: never; readonly after: R }
  | { readonly kind: 'modify'; readonly before: R; readonly after: R }
  | { readonly kind: 'delete'; readonly before: R; readonly after?: never };

/** The events of some changes, by table and UUID. */
export function eventsOf(changes: readonly TableChange[]): readonly RowEvent[] {
  return changes
    .flatMap(({ table, changes: rows }) =>
      rows.flatMap(({ uuid, before, after }) => eventOf(table, uuid, before, after) ?? []),
    )
    .sort((left, right) => compareTexts(left.table, right.table) || compareTexts(left.uuid, right.uuid));
}

function eventOf(
  table: string,
  uuid: Uuid,
  before: Row | undefined,
  after: Row | undefined,
): RowEvent | undefined {
  if (before !== undefined && after !== undefined) return { kind: 'modify', table, uuid, before, after };
  if (after !== undefined) return { kind: 'insert', table, uuid, after };
  return before === undefined ? undefined : { kind: 'delete', table, uuid, before };
}

function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
