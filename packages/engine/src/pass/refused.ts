import { formatRef, refKey } from '@berth/api';
import { type Change, changedRow, type Finding, finding, type ObjectRef, type RowId } from '@berth/core';
import type { Operation } from '@berth/ovsdb/value';
import { culpritOf } from './culprit.ts';

/** How the database refused the changes of a unit, or would. */
export type Refused = {
  /** The one at fault; undefined for what is found at the commit. */
  readonly operation: Operation | undefined;
  readonly why: string;
  readonly verb: 'refused' | 'would refuse';
  /** For the object at fault. */
  readonly cure: string;
};

/** What is told of a unit that is not written: one finding for the object at fault, and one for each that waits with it. */
export function refusedFindings(
  changes: readonly Change[],
  { operation, why, verb, cure }: Refused,
): readonly Finding[] {
  const culprit = culpritOf(changes, operation);
  const name = culprit && formatRef(culprit);
  const waiting = causesOf(changes).filter((each) => !culprit || refKey(each) !== refKey(culprit));
  return [
    finding('transaction-refused', {
      object: culprit,
      message: `OVN's northbound database ${verb} the change: ${why}`,
      cure,
      rows: rowsFor(changes, culprit),
    }),
    ...waiting.map((object) =>
      finding('transaction-refused', {
        object,
        message: `it waits because OVN's northbound database ${verb} a change of ${name ?? 'its VPC'}: ${why}`,
        cure: `look at ${name ?? "the controller's log"}; both are tried again when something changes`,
        related: culprit ? [culprit] : [],
        rows: rowsFor(changes, object),
      }),
    ),
  ];
}

/** The rows, of those that are there, that an object's changes are about. */
function rowsFor(changes: readonly Change[], object: ObjectRef | undefined): readonly RowId[] {
  const meant = changes.filter(
    ({ verb, cause }) => verb !== 'insert' && cause && object && refKey(cause) === refKey(object),
  );
  return meant.map(changedRow);
}

/** The objects that changes are for, each once. */
function causesOf(changes: readonly Change[]): readonly ObjectRef[] {
  const causes = changes.flatMap(({ cause }) => cause ?? []);
  return [...new Map(causes.map((each) => [refKey(each), each])).values()];
}
