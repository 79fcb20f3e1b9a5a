import type { Mutation, Operation } from '@berth/ovsdb';

/** What a row is to note in its `external_ids` from now on, and the keys of what it is to note no longer. */
type Notes = { readonly added: ReadonlyMap<string, string>; readonly dropped: ReadonlySet<string> };

/** The operation by which rows of a table note something beside what they say already; none where there is nothing to note. */
export function noting(
  { table, where }: Pick<Extract<Operation, { op: 'mutate' }>, 'table' | 'where'>,
  { added, dropped }: Notes,
): readonly Operation[] {
  const mutations: readonly Mutation[] = [
    ...(dropped.size > 0 ? [['external_ids', 'delete', dropped] as const] : []),
    ...(added.size > 0 ? [['external_ids', 'insert', added] as const] : []),
  ];
  return mutations.length === 0 ? [] : [{ op: 'mutate', table, where, mutations }];
}
