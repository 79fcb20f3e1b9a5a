import { formatRef, refKey } from '@berth/api';
import { type Change, type Finding, finding, type ObjectRef, operations, type Plan } from '@berth/core';
import { OvsdbFault, TransactionFault } from '@berth/ovsdb';
import type { Fence } from '../ovn/fence.ts';
import { culpritOf } from './culprit.ts';
import type { Dating } from './dated.ts';

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
  const culprit = culpritOf(changes, error?.operation);
  const why = error?.details ?? fault.message;
  const waiting = causesOf(changes).filter((each) => !culprit || refKey(each) !== refKey(culprit));
  return [
    finding('transaction-refused', {
      object: culprit,
      message: `OVN's northbound database refused the change: ${why}`,
      cure: 'look at the object named; the change is tried again when something changes',
    }),
    ...waiting.map((object) =>
      finding('transaction-refused', {
        object,
        message: `it waits because OVN's northbound database refused a change of ${culprit ? formatRef(culprit) : 'its VPC'}: ${why}`,
        cure: `look at ${culprit ? formatRef(culprit) : "the controller's log"}; both are tried again when something changes`,
        related: culprit ? [culprit] : [],
      }),
    ),
  ];
}

/** The objects that changes are for, each once. */
function causesOf(changes: readonly Change[]): readonly ObjectRef[] {
  const causes = changes.flatMap(({ cause }) => cause ?? []);
  return [...new Map(causes.map((each) => [refKey(each), each])).values()];
}
