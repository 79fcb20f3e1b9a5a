import { atLeast, type Finding, fabricOf } from '@berth/core';
import type { Lab } from '@berth/lab';
import { askedOf } from '../context/asked.ts';
import { homeOf } from '../context/cluster.ts';
import { connect } from '../context/connect.ts';
import type { Asking } from '../context/invocation.ts';
import { inForce, objectsOf } from '../context/known-objects.ts';
import { clusterOf } from '../context/meant-cluster.ts';
import { type Place, requireOvn } from '../context/place.ts';
import { settingsOf } from '../context/session.ts';
import { refuseUnprobed } from './probe-faults.ts';
import { readRows, readRowsAlone } from './probe-read-rows.ts';
import { packetsOfRows, packetsTo } from './probe-target.ts';
import type { Packets } from './probing.ts';

/** What is to be sent. */
export type Resolved = Packets & {
  /** What is wrong with what is asked for there, or with how NB has it. */
  readonly findings: readonly Finding[];
  /** That the objects that were asked about are not in force, so that rows say what is sent; undefined where they are. */
  readonly ledElsewhere: Finding | undefined;
};

/**
 * Finds what a target means: among the objects that are asked for and what rows of NB do beside them, and where none are stored, or those that are do
 * not count as somebody else leads, among the rows alone. Throws CliFault `usage`, `not-found` or `cannot-tell`.
 */
export async function resolveTarget(
  target: string,
  asking: Asking,
  place: Place,
  lab: Lab,
): Promise<Resolved> {
  const { options, signal } = asking;
  refuseUnprobed(target);
  const cluster = await clusterOf(options, place);
  await using ovn = await connect(requireOvn(place), signal);
  const known = await objectsOf(cluster, place, options, true);
  const nb = ovn.northbound.snapshot();
  const { listing, unreadable, ledElsewhere, controller } = await inForce(known, nb, {
    ...{ place, cluster, isLive: true },
  });
  if (unreadable !== undefined) throw unreadable;
  if (!listing) {
    const rows = await readRowsAlone(target, asking, lab);
    return { ...packetsOfRows(target, rows), findings: [], ledElsewhere };
  }
  const asked = askedOf({
    ...{ listing, nb, fabric: fabricOf(nb, ovn.southbound.snapshot()), settings: settingsOf(place) },
    ...{ controller, home: homeOf(cluster, place) },
  });
  const { resources, intent } = asked;
  const findings = asked.findings.filter((each) => atLeast(each, 'warning') && each.object !== undefined);
  const rows = await readRows(target, asking, lab);
  return { ...packetsTo(target, { intent, resources, rows }), findings, ledElsewhere };
}
