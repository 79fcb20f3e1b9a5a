import { type Change, type Finding, operations, type Plan } from '@berth/core';
import { OvsdbFault, TransactionFault } from '@berth/ovsdb';
import type { Fence } from '../ovn/fence.ts';
import type { Dating } from './dated.ts';
import { refusedFindings } from './refused.ts';

/** Above this, one transaction gets slower per row instead of faster (a set of a single router grows with it). */
const maximumOperations = 1_000;

/** What became of a plan. */
export type Written = {
  readonly transactions: number;
  readonly changes: number;
  /** Of each unit that the database refused, one for the object at fault and one for each that waits with it; the other units are written. */
  readonly findings: readonly Finding[];
};

/**
 * Writes a plan: all units in one transaction, or in as few as the size allows, cut at unit borders. When one is
 * refused its units are written singly, so that a bad unit blocks no other. With `dating` rows say when they changed.
 */
export async function writePlan(plan: Plan, fence: Fence, dating?: Dating): Promise<Written> {
  const findings: Finding[] = [];
  let transactions = 0;
  let changes = 0;
  const write = async (units: readonly (readonly Change[])[]): Promise<void> => {
    const batch = units.flat();
    try {
      transactions++;
      const given = dating?.date(batch);
      await fence.transact([...operations(given?.changes ?? batch), ...(given?.asking ?? [])]);
      dating?.written();
      changes += batch.length;
    } catch (fault) {
      if (!isRefusal(fault)) throw fault;
      if (units.length === 1) findings.push(...refused(batch, fault));
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

function refused(changes: readonly Change[], fault: OvsdbFault): readonly Finding[] {
  const [error] = fault instanceof TransactionFault ? fault.errors : [];
  return refusedFindings(changes, {
    operation: error?.operation,
    why: error?.details ?? fault.message,
    verb: 'refused',
    cure: 'look at the object named; the change is tried again when something changes',
  });
}
