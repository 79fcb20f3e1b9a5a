import { type Finding, finding, operations, type Plan } from '@berth/core';
import { applyTransaction } from '@berth/ovsdb/check';
import type { Snapshot, Uuid } from '@berth/ovsdb/value';

/**
 * What the database would say to a plan, found without asking it: types, references and unique indexes, by the same
 * checks as at a commit. (A transaction that ends with `abort` checks neither references nor indexes on a real server.)
 */
export function checkPlan(plan: Plan, observed: Snapshot): readonly Finding[] {
  let made = 0;
  const newUuid = (): Uuid => `00000000-0000-4000-8000-${String(++made).padStart(12, '0')}` as Uuid;
  const outcome = applyTransaction(observed, operations(plan.changes), { newUuid });
  if (outcome.kind !== 'refused') return [];
  const { operation, details } = outcome.error;
  const table = operation && 'table' in operation ? operation.table : undefined;
  const culprit = plan.changes.find((change) => change.table === table && change.cause);
  return [
    finding('transaction-refused', {
      object: culprit?.cause,
      message: `OVN's northbound database would refuse the plan: ${details}`,
      cure: 'look at the object named; apply writes every other unit all the same',
    }),
  ];
}
