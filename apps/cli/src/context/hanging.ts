import { setTimeout as sleep } from 'node:timers/promises';
import { behindOf, hangs, type NodeHealth } from '@berth/core';
import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { stillMs } from './carried-out.ts';

/**
 * Reports, of which those tell that ovn-controller hangs that say so for as long as one that starts does not: one that is there and not connected
 * is looked at again. Of a chassis that is behind NB more is known already, and nobody waits.
 */
export async function onceSettled(
  reports: readonly NodeHealth[],
  read: () => Promise<readonly NodeHealth[]>,
  [nb, sb]: readonly [Snapshot<NbTables>, Snapshot<SbTables>],
  signal: AbortSignal,
): Promise<readonly NodeHealth[]> {
  const behind = behindOf(nb, sb);
  const isMeant = (report: NodeHealth): boolean =>
    hangs(report) && !behind.has(report.chassis ?? report.node);
  if (!reports.some(isMeant)) return reports;
  await sleep(stillMs, undefined, { signal });
  const again = new Set((await read()).flatMap((report) => (hangs(report) ? [report.node] : [])));
  return reports.map((report) =>
    isMeant(report) && again.has(report.node) ? { ...report, controllerHangs: true as const } : report,
  );
}
