import type { NodeReport } from '@berth/api';
import { defaultHeartbeatMs } from '@berth/core';

/**
 * The last report of a node and when, on our clock, it was first seen: clocks of nodes are never compared. What was there when we began to
 * listen `isFound`: nobody can tell how old it is.
 */
export type Heard = { readonly report: NodeReport; readonly atMs: number; readonly isFound: boolean };

/** Takes in the reports there are now. One with another sequence or of another agent is a sign of life. `before` is undefined at the beginning. */
export function listen(
  before: ReadonlyMap<string, Heard> | undefined,
  reports: readonly NodeReport[],
  nowMs: number,
): ReadonlyMap<string, Heard> {
  return new Map(
    reports.map((report) => {
      const known = before?.get(report.metadata.name);
      const isNew = !known || !isSameBeat(known.report, report);
      return [report.metadata.name, isNew ? { report, atMs: nowMs, isFound: before === undefined } : known];
    }),
  );
}

/**
 * Whether a node was heard of within `silentMs`; one that promised its next report for later than usual is given as much
 * more time.
 */
export function isFresh({ atMs, report }: Heard, nowMs: number, silentMs: number): boolean {
  const { heartbeatMs = defaultHeartbeatMs } = report.status;
  return nowMs - atMs < silentMs * Math.max(1, heartbeatMs / defaultHeartbeatMs);
}

function isSameBeat({ status: left }: NodeReport, { status: right }: NodeReport): boolean {
  return left.sequence === right.sequence && left.agent === right.agent;
}
