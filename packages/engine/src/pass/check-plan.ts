import { type Change, type Finding, finding, operations, type Plan } from '@berth/core';
import { applyTransaction, type TransactionOutcome } from '@berth/ovsdb/check';
import type { OperationError, Snapshot, Tables, Uuid } from '@berth/ovsdb/value';
import { culpritOf } from './culprit.ts';

/**
 * What the database would say to a plan, found without asking it: types, ranges, references and unique indexes, by the
 * same checks as at a commit. (A transaction that ends with `abort` checks neither references nor indexes on a real
 * server.) One finding for each unit that would be refused, as `writePlan` writes the others all the same.
 */
export function checkPlan({ changes }: Plan, observed: Snapshot): readonly Finding[] {
  if (changes.length === 0 || tried(changes, observed).kind !== 'refused') return [];
  const findings: Finding[] = [];
  let present = observed;
  for (const unit of Map.groupBy(changes, (change) => change.unit).values()) {
    const outcome = tried(unit, present);
    if (outcome.kind === 'committed') present = outcome.snapshot;
    if (outcome.kind === 'refused') findings.push(refused(unit, outcome.error));
  }
  return findings;
}

/** What would become of a database that changes are written to. */
export function tried<T extends Tables>(
  changes: readonly Change[],
  observed: Snapshot<T>,
): TransactionOutcome<T> {
  let made = 0;
  const newUuid = (): Uuid => `00000000-0000-4000-8000-${String(++made).padStart(12, '0')}` as Uuid;
  return applyTransaction(observed, operations(changes), { newUuid });
}

function refused(changes: readonly Change[], { operation, details }: OperationError): Finding {
  return finding('transaction-refused', {
    object: culpritOf(changes, operation),
    message: `OVN's northbound database would refuse the change: ${details}`,
    cure: 'look at the object named; what does not depend on it is written all the same',
  });
}
