import { type Change, type Finding, operations, type Plan } from '@berth/core';
import { applyTransaction, type TransactionOutcome } from '@berth/ovsdb/check';
import type { Snapshot, Tables, Uuid } from '@berth/ovsdb/value';
import { refusedFindings } from './refused.ts';

/**
 * What the database would say to a plan, found without asking it: types, ranges, references and unique indexes, by the
 * same checks as at a commit. (A transaction that ends with `abort` checks neither references nor indexes on a real
 * server.) Told of each unit that would be refused is what `writePlan` would tell, which writes the others all the same.
 */
export function checkPlan({ changes }: Plan, observed: Snapshot): readonly Finding[] {
  if (changes.length === 0 || tried(changes, observed).kind !== 'refused') return [];
  const findings: Finding[] = [];
  let present = observed;
  for (const unit of Map.groupBy(changes, (change) => change.unit).values()) {
    const outcome = tried(unit, present);
    if (outcome.kind === 'committed') present = outcome.snapshot;
    if (outcome.kind === 'refused') {
      const { operation, details: why } = outcome.error;
      const cure = 'look at the object named; what does not depend on it is written all the same';
      findings.push(...refusedFindings(unit, { operation, why, verb: 'would refuse', cure }));
    }
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
