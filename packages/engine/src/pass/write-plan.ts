import { type Change, type Finding, finding, operations, type Plan } from '@berth/core';
import { OvsdbFault, TransactionFault } from '@berth/ovsdb';
import type { Fence } from '../ovn/fence.ts';
import { culpritOf } from './culprit.ts';

/** Above this, one transaction gets slower per row instead of faster (a set of a single router grows with it). */
const maximumOperations = 1_000;

/** What became of a plan. */
export type Written = {
  readonly transactions: number;
  readonly changes: number;
  /** One per unit that the database refused; the other units are written. */
  readonly findings: readonly Finding[];
};

/**
 * Writes a plan: all units in one transaction, or in as few as the size allows, cut at unit borders. When one is
 * refused its units are written singly, so that a bad unit blocks no other.
 */
export async function writePlan(plan: Plan, fence: Fence): Promise<Written> {
  const findings: Finding[] = [];
  let transactions = 0;
  let changes = 0;
  const write = async (units: readonly (readonly Change[])[]): Promise<void> => {
    const batch = units.flat();
    try {
      transactions++;
      await fence.transact(operations(batch));
      changes += batch.length;
    } catch (fault) {
      if (!isRefusal(fault)) throw fault;
      if (units.length === 1) findings.push(refused(batch, fault));
      else for (const unit of units) await write([unit]);
    }
  };
  for (const batch of batches(plan.changes)) await write(batch);
  return { transactions, changes, findings };
}

/** Units in their order, put together up to the maximum. A unit is never cut. */
function batches(changes: readonly Change[]): readonly (readonly (readonly Change[])[])[] {
  const units = [...Map.groupBy(changes, ({ unit }) => unit).values()];
  const result: (readonly Change[])[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const unit of units) {
    if (size + unit.length > maximumOperations) {
      result.push([]);
      size = 0;
    }
    result.at(-1)?.push(unit);
    size += unit.length;
  }
  return result;
}

/** The rows themselves are at fault, not the connection and not the fence. */
function isRefusal(fault: unknown): fault is OvsdbFault {
  if (fault instanceof TransactionFault) return !fault.waitLost;
  return fault instanceof OvsdbFault && fault.code === 'bad-value';
}

function refused(changes: readonly Change[], fault: OvsdbFault): Finding {
  const [error] = fault instanceof TransactionFault ? fault.errors : [];
  return finding('transaction-refused', {
    object: culpritOf(changes, error?.operation),
    message: `OVN's northbound database refused the change: ${error?.details ?? fault.message}`,
    cure: 'look at the object named; the change is tried again when something changes',
  });
}
