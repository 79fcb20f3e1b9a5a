import { type DataPlane, type Fabric, isReportOf, type NodeHealth } from '../../fabric/fabric.ts';
import { type Failed, nothingFailed, pairKey } from './failed.ts';

/** What has failed already, as agents say of their nodes: flow tables that are empty, ovn-controllers that do not run, tunnels that BFD sees down. */
export function reportedFailures({ chassis }: Fabric, { reports }: DataPlane): Failed {
  const fresh = reports.filter(({ isFresh }) => isFresh !== false);
  if (fresh.length === 0) return nothingFailed;
  const nameOf = (report: NodeHealth): string | undefined =>
    [...chassis.values()].find((one) => isReportOf(report, one))?.name;
  const told = fresh.flatMap((report) => {
    const name = nameOf(report);
    return name === undefined ? [] : [{ name, report }];
  });
  const those = (isMeant: (report: NodeHealth) => boolean): ReadonlySet<string> => {
    const names = told.filter(({ report }) => isMeant(report)).map(({ name }) => name);
    return names.length === 0 ? nothingFailed.controllers : new Set(names);
  };
  return {
    ...nothingFailed,
    emptied: those(({ flowsInstalled }) => flowsInstalled === false),
    controllers: those(({ controllerRuns }) => controllerRuns === false),
    pairs: pairsDown(told),
  };
}

/** Pairs of chassis of which an end that tells sees the tunnel down, and none sees it up: BFD comes up at one end first. */
function pairsDown(
  told: readonly { readonly name: string; readonly report: NodeHealth }[],
): ReadonlySet<string> {
  const seen = new Map<string, boolean>();
  for (const { name, report } of told) {
    for (const [other, isUp] of report.tunnels ?? []) {
      const key = pairKey(name, other);
      seen.set(key, isUp || seen.get(key) === true);
    }
  }
  const down = [...seen].flatMap(([key, isUp]) => (isUp ? [] : [key]));
  return down.length === 0 ? nothingFailed.pairs : new Set(down);
}
