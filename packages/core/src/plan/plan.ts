import type { Uuid } from '@berth/ovsdb/value';
import { keyText } from '../compile/key.ts';
import { offered } from '../compile/offers.ts';
import type { Finding } from '../finding/finding.ts';
import { sortFindings } from '../finding/make.ts';
import type { RowId } from '../finding/row-id.ts';
import type { Change, InterruptedFlow, Plan } from './change.ts';
import { foreignMembers } from './foreign-members.ts';
import { withInterruptions } from './interrupt.ts';
import { leftByAdoption, mayStay } from './left-by-adoption.ts';
import { leftovers } from './leftovers.ts';
import { type Left, match, type PlanInput } from './match.ts';
import { observe, parentsFirst } from './observed.ts';
import { deletion, writing } from './row-change.ts';
import { toldUnmatched } from './told-unmatched.ts';

/**
 * The smallest set of changes that makes the database hold the desired rows and no other row of ours.
 * Rows of others are never changed or removed; one that stands in the way is a finding, and what depends on it waits.
 * Changes come in an order that can be written: a row after the row that holds it, removals last and children first.
 * Where rows are taken over `quietly` it is tried until nothing that would be taken over interrupts anybody.
 */
export function plan(input: PlanInput): Plan {
  const left = new Map<Uuid, readonly InterruptedFlow[]>();
  for (;;) {
    const made = planWithout(input, left);
    const loud = input.adopt === 'quietly' ? made.changes.filter(mayStay) : [];
    if (loud.length === 0) return left.size === 0 ? made : { ...made, left: rowsOf(left, input) };
    for (const { uuid, interrupts } of loud) left.set(uuid, interrupts?.flows ?? []);
  }
}

function rowsOf(left: Left, { db, tables, observed }: PlanInput): readonly RowId[] {
  return [...tables].flatMap((table) =>
    [...left.keys()].filter((uuid) => observed.table(table).get(uuid)).map((uuid) => ({ db, table, uuid })),
  );
}

/** The plan without taking over the rows `left`. */
function planWithout(input: PlanInput, left: Left): Plan {
  const observed = observe(input.observed, input.tables);
  const { rows, findings: unable } = offered(input.desired, input.observed.schema);
  const matching = match({ ...input, desired: rows }, observed, left);
  const { matched, waiting } = matching;
  // Of rows in the way is told what an adoption tells of them.
  const staying = input.adopt ? left : leftByAdoption(input, matching, observed);
  const findings: Finding[] = [
    ...unable,
    ...toldUnmatched(matching, input, staying),
    ...foreignMembers(matching, input),
  ];
  const wanted = new Set<string>();
  const writes: Change[] = [];
  for (const each of matched.values()) {
    wanted.add(each.uuid);
    const change = writing(
      input,
      each,
      (uuid) => matched.get(uuid)?.uuid ?? observed.byUuid.get(uuid)?.row._uuid,
    );
    if (change) writes.push(change);
  }
  const removals = leftovers(observed, input, wanted, waiting, findings).map((each) =>
    deletion(input, each, observed.keyOf(each)),
  );
  return planned(writes, removals, findings, input);
}

/** The plan of some writes and removals, in the order in which they can be carried out. */
export function planned(
  writes: readonly Change[],
  removals: readonly Change[],
  findings: readonly Finding[],
  { tables, observed, ...seen }: Pick<PlanInput, 'tables' | 'observed' | 'nodeNames' | 'claims'>,
): Plan {
  const changes = withInterruptions(
    [...ordered(writes, tables, 1), ...ordered(removals, tables, -1)],
    observed,
    seen,
  );
  return { changes, findings: sortFindings(findings), summary: summarize(changes) };
}

/** Changes by table, parents first or last, and within one by unit, key and UUID. */
function ordered(
  changes: readonly Change[],
  tables: ReadonlySet<string>,
  direction: 1 | -1,
): readonly Change[] {
  if (changes.length < 2) return changes;
  const rank = new Map(parentsFirst(tables).map((table, index) => [table, index * direction]));
  return changes
    .map((change) => {
      const { table, unit, key, uuid } = change;
      return { change, rank: rank.get(table) ?? 0, text: `${unit}\0${keyText(table, key)}\0${uuid}` };
    })
    .sort(
      (left, right) =>
        left.rank - right.rank || (left.text < right.text ? -1 : left.text > right.text ? 1 : 0),
    )
    .map(({ change }) => change);
}

/** Counts of a plan's changes. */
function summarize(changes: readonly Change[]): Plan['summary'] {
  const count = (verb: Change['verb']): number => changes.filter((change) => change.verb === verb).length;
  return {
    insert: count('insert'),
    update: count('update'),
    delete: count('delete'),
    adopt: count('adopt'),
    interrupting: changes.filter(({ interrupts }) => interrupts !== null).length,
  };
}
