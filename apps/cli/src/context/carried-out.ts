import { setTimeout as sleep } from 'node:timers/promises';
import { behindOf, carriedOut, type NodeHealth, saysItFollows } from '@berth/core';
import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';

/** NB and SB as they were read. */
export type Databases = readonly [
  { readonly snapshot: Snapshot<NbTables> },
  { readonly snapshot: Snapshot<SbTables>; readonly members: readonly string[] },
];

/** A chassis that is behind others for so long stands still, ms. */
export const stillMs = 3_000;
const pauseMs = 300;

/**
 * NB and SB once every chassis has carried out what others have, or had the time to: read right after a change, one that is only slow
 * looks like one that stands still, and one whose agent says that it follows like one that has done so. Those whose agents say that ovn-controller
 * does not run need no time.
 */
export async function onceCarriedOut(
  first: Databases,
  read: () => Promise<Databases>,
  reports: readonly NodeHealth[],
  signal: AbortSignal,
): Promise<Databases> {
  const untilMs = Date.now() + stillMs;
  let present = first;
  while (isWaitedFor(present, reports) && Date.now() < untilMs) {
    await sleep(pauseMs, undefined, { signal });
    present = await read();
  }
  return present;
}

/**
 * What agents tell, but for those whose word that ovn-controller follows SB is not borne out: their chassis was behind when NB and SB were read first, is
 * when they were read last, and has carried out nothing between. One that has just started is connected long before it does anything.
 */
export function borneOut(
  reports: readonly NodeHealth[],
  [, first]: Databases,
  [{ snapshot: nb }, last]: Databases,
): readonly NodeHealth[] {
  const [before, after] = [carriedOut(first.snapshot), carriedOut(last.snapshot)];
  const stuck = [...behindOf(nb, last.snapshot).keys()].filter(
    (name) => before.get(name) === after.get(name),
  );
  if (stuck.length === 0) return reports;
  const names = new Set(stuck.flatMap((name) => [name, ...hostsOf(last.snapshot, name)]));
  return reports.map((report) =>
    saysItFollows(report) && names.has(report.chassis ?? report.node)
      ? { ...report, controllerConnected: false }
      : report,
  );
}

function isWaitedFor(
  [{ snapshot: nb }, { snapshot: sb }]: Databases,
  reports: readonly NodeHealth[],
): boolean {
  const told = new Set(
    reports.flatMap((report) =>
      report.controllerRuns === false
        ? [report.node, ...(report.chassis === undefined ? [] : [report.chassis])]
        : [],
    ),
  );
  const behind = [...behindOf(nb, sb).keys()].filter(
    (name) => !told.has(name) && !hostsOf(sb, name).some((host) => told.has(host)),
  );
  return behind.length > 0 && Date.now() - newestMs(sb) < stillMs;
}

function hostsOf(sb: Snapshot<SbTables>, chassis: string): readonly string[] {
  return sb
    .table('Chassis')
    .find({ name: chassis })
    .map(({ hostname }) => hostname);
}

/** When a chassis carried out the newest change first, ms since the epoch by its clock; the latest of all where they do not say. */
function newestMs(sb: Snapshot<SbTables>): number {
  const newest = Math.max(0, ...carriedOut(sb).values());
  const times = [...sb.table('Chassis_Private')].flatMap(({ nb_cfg, nb_cfg_timestamp: ms }) =>
    nb_cfg === newest && ms !== undefined && ms > 0 ? [ms] : [],
  );
  return times.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...times);
}
