import { formatRef } from '@berth/api';
import type { Snapshot } from '@berth/ovsdb/value';
import { spokenKey } from '../compile/key.ts';
import type { Finding, ObjectRef } from '../finding/finding.ts';
import { type Home, startingText } from '../finding/home.ts';
import { list, shortened } from '../finding/list.ts';
import { finding } from '../finding/make.ts';
import type { RowId } from '../finding/row-id.ts';
import { type Change, changedRow, type Plan } from './change.ts';
import { type Members, membersIn } from './drift-members.ts';
import { isWitness } from './follower.ts';

/** What drift is told from. */
export type DriftInput = Pick<Plan, 'changes'> & {
  readonly observed: Snapshot;
  /** Every object there is, as `formatRef` writes them. */
  readonly objects: ReadonlySet<string>;
  /** Whether a controller is at work: it knows better than we who is to be a gateway, and corrects the rest. */
  readonly isControlled: boolean;
  /** Where the objects live, for what to do. */
  readonly home?: Home | undefined;
};

/** How NB differs from what is asked for. */
export type Drift = {
  /** Objects that ask for rows which NB does not have. */
  readonly missing: readonly ObjectRef[];
  /** Objects of which NB has rows that are not as they ask. */
  readonly otherwise: readonly ObjectRef[];
  /** The same with the rows, one for each object and sort. */
  readonly findings: readonly Finding[];
};

/** What is to be said of one change. */
type Difference = {
  readonly code: 'not-programmed' | 'programmed-otherwise' | 'leftover';
  readonly cause: ObjectRef;
  readonly text: string;
  /** The row, where NB has it. */
  readonly row?: RowId;
  readonly isMember?: boolean;
};

/**
 * Everything that is asked for and is not in NB, or is there otherwise, by the plan that would mend it. Witnesses come and go with
 * agents and are no part of it; gateways come and go with nodes, so a group that merely differs is a warning, and nothing beside
 * a controller, while a group without any member is a missing one; one without a gateway, too, where no controller made it so.
 */
export function driftOf({ changes, observed, objects, isControlled, home }: DriftInput): Drift {
  const members = membersIn(observed);
  const cure = isControlled
    ? 'the controller comes to it by itself; where it does not, see its log'
    : `no controller is at work that would put it right: ${startingText(home)}`;
  const differences = changes.flatMap((change) => differenceOf(change, members, objects, isControlled));
  const groups = Map.groupBy(differences, ({ code, cause }) => `${code} ${formatRef(cause)}`);
  const causes = (code: Difference['code']): readonly ObjectRef[] =>
    [...groups.values()].flatMap(([first]) => (first?.code === code ? [first.cause] : []));
  return {
    missing: causes('not-programmed'),
    otherwise: causes('programmed-otherwise'),
    findings: [...groups.values()].flatMap((group) => findingOf(group, cure)),
  };
}

function differenceOf(
  change: Change,
  members: Members,
  objects: ReadonlySet<string>,
  isControlled: boolean,
): readonly Difference[] {
  const { verb, table, key, cause } = change;
  if (!cause || verb === 'adopt' || isWitness(change)) return [];
  const held = verb === 'insert' ? {} : { row: changedRow(change) };
  if (table === 'Gateway_Chassis') {
    const port = members.portOf(change);
    // A router port that is missing says it for its gateways.
    if (port === undefined || !objects.has(formatRef(cause))) return [];
    const text = `the gateways of router port ${port.name}`;
    if (port.isEmpty || (port.isBare && !isControlled))
      return [{ code: 'not-programmed', cause, text, ...held }];
    return isControlled ? [] : [{ code: 'programmed-otherwise', cause, text, isMember: true, ...held }];
  }
  const row = `${table} ${spokenKey(key)}`;
  if (verb === 'insert') return [{ code: 'not-programmed', cause, text: row }];
  if (verb === 'delete') {
    return objects.has(formatRef(cause))
      ? [{ code: 'programmed-otherwise', cause, text: `${row}, which it does not ask for`, ...held }]
      : [{ code: 'leftover', cause, text: row, ...held }];
  }
  return [{ code: 'programmed-otherwise', cause, text: `${row} (${whatDiffers(change)})`, ...held }];
}

function whatDiffers({ columns, parent, formerParents = [] }: Change): string {
  const names = Object.keys(columns).toSorted();
  const holder = parent ? [`its ${parent.table} does not hold it`] : [];
  const others = formerParents.length > 0 ? ['another row holds it'] : [];
  return [...names, ...holder, ...others].join(', ');
}

/** How many rows are named: more would not be a line. */
const named = 3;

function findingOf(group: readonly Difference[], cure: string): readonly Finding[] {
  const [first] = group;
  if (!first) return [];
  const { code, cause: object } = first;
  const texts = [...new Set(group.map(({ text }) => text))];
  const told = list(shortened(texts, named));
  const rows = group.flatMap(({ row }) => row ?? []);
  switch (code) {
    case 'not-programmed':
      return [finding(code, { object, message: `NB lacks what it asks for: ${told}`, cure, rows })];
    case 'leftover':
      return [
        finding(code, {
          object,
          message: `${formatRef(object)} is gone, and NB still has ${told}`,
          cure,
          rows,
        }),
      ];
    case 'programmed-otherwise':
      return [
        finding(code, {
          object,
          // Which gateways there are is also a matter of which nodes live.
          ...(group.every(({ isMember }) => isMember) && { severity: 'warning' as const }),
          message: `NB has it otherwise than it asks: ${told}`,
          cure,
          rows,
        }),
      ];
  }
}
