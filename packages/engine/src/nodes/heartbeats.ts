import type { NodeReport } from '@berth/api';

/** The last report of a node and when, on our clock, it was first seen: clocks of nodes are never compared. */
export type Heard = { readonly report: NodeReport; readonly atMs: number };

/** Takes in the reports there are now. One with another sequence or of another agent is a sign of life. */
export function listen(
  before: ReadonlyMap<string, Heard>,
  reports: readonly NodeReport[],
  nowMs: number,
): ReadonlyMap<string, Heard> {
  return new Map(
    reports.map((report) => {
      const known = before.get(report.metadata.name);
      const isNew = !known || !isSameBeat(known.report, report);
      return [report.metadata.name, isNew ? { report, atMs: nowMs } : known];
    }),
  );
}

/** Whether a node was heard of within `silentMs`. */
export function isFresh({ atMs }: Heard, nowMs: number, silentMs: number): boolean {
  return nowMs - atMs < silentMs;
}

function isSameBeat({ status: left }: NodeReport, { status: right }: NodeReport): boolean {
  return left.sequence === right.sequence && left.agent === right.agent;
}
