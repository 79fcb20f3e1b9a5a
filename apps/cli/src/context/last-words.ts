import { behindOf, carriedOut, isOutOfSight, type NodeHealth, saysItStandsStill } from '@berth/core';
import type { NbTables, SbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';

/**
 * Of agents that are silent what stands of their last words, as it does for a controller: that ovn-controller does not do its part while the flows
 * are there. It takes NB and SB to bear it out, the chassis being behind still, and others who are `heard` and do not see it dead.
 */
export function lastWordsOf(
  silent: readonly NodeHealth[],
  heard: readonly NodeHealth[],
  [nb, sb]: readonly [Snapshot<NbTables>, Snapshot<SbTables>],
): readonly NodeHealth[] {
  const meant = heard.length === 0 ? [] : silent.filter(saysItStandsStill);
  if (meant.length === 0) return [];
  const behind = behindOf(nb, sb);
  const done = carriedOut(sb);
  const byHost = new Map([...sb.table('Chassis')].map(({ name, hostname }) => [hostname, name]));
  return meant.filter((report) => {
    const name = report.chassis ?? byHost.get(report.node) ?? '';
    const known = { name, report, done: done.get(name) };
    return behind.has(name) && !isOutOfSight(nb, known, heard);
  });
}
