import { atLeast, type ExternalFlow, type Finding, fabricOf, parseTarget } from '@berth/core';
import { type Lab, readPlaces } from '@berth/lab';
import { parseIp } from '@berth/net';
import { askedOf } from '../context/asked.ts';
import { CliFault } from '../context/cli-fault.ts';
import { homeOf } from '../context/cluster.ts';
import { connect } from '../context/connect.ts';
import { isAtWork } from '../context/controller-state.ts';
import type { Invocation } from '../context/invocation.ts';
import { inForce, objectsOf } from '../context/known-objects.ts';
import { clusterOf } from '../context/meant-cluster.ts';
import { type Place, requireOvn } from '../context/place.ts';
import { settingsOf } from '../context/session.ts';
import { packetsOfRows } from './probe-by-rows.ts';
import { manyTarget, packetsTo, refuseUnprobed } from './probe-target.ts';
import type { Packets } from './probing.ts';

/** What is to be sent. */
export type Resolved = Packets & {
  /** What is wrong with what is asked for there, or with how NB has it. */
  readonly findings: readonly Finding[];
  /** That the objects that were asked about are not in force, so that rows say what is sent; undefined where they are. */
  readonly ledElsewhere: Finding | undefined;
};

type Asking = Pick<Invocation, 'options' | 'environment' | 'signal'>;

/**
 * Finds what a target means: among the objects that are asked for, and where none are stored, or those that are do not count as somebody else leads,
 * among the rows of NB. Throws CliFault `usage`, `not-found` or `cannot-tell`.
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
  if (!listing) return { ...(await byRows(target, asking, lab)), findings: [], ledElsewhere };
  const asked = askedOf({
    ...{ listing, nb, fabric: fabricOf(nb, ovn.southbound.snapshot()), settings: settingsOf(place) },
    ...{ isControlled: isAtWork(controller), isStopped: controller.stopped },
    isUnknown: controller.running === null,
    home: homeOf(cluster, place),
  });
  const { resources, intent } = asked;
  const findings = asked.findings.filter((each) => atLeast(each, 'warning') && each.object !== undefined);
  const flows = await rowsOf(target, asking);
  return { ...packetsTo(target, { intent, resources, flows }), findings, ledElsewhere };
}

/** What NB has of a target that stands for many; nothing where it has none of it, though objects ask for it. Throws CliFault `usage`. */
async function rowsOf(
  target: string,
  { options, environment, signal }: Asking,
): Promise<readonly ExternalFlow[]> {
  if (!manyTarget(target)) return [];
  const { openAnalysis } = await import('../context/analysis.ts');
  const { find, objectOf } = await openAnalysis(options, environment, signal);
  return objectOf(target) ? [] : find(target, 'usage').flows;
}

/** What is to be sent to what rows alone tell of. An address of no row is pinged all the same: somebody may answer. */
async function byRows(target: string, { options, environment, signal }: Asking, lab: Lab): Promise<Packets> {
  const { openAnalysis } = await import('../context/analysis.ts');
  const { find, fabric, observed } = await openAnalysis(options, environment, signal);
  const address = parseTarget(target)?.kind === 'address' ? parseIp(target) : undefined;
  const flows = flowsOf(() => find(target, 'usage').flows, address !== undefined);
  const packets = packetsOfRows(flows, { nb: observed.nb, fabric, places: await readPlaces(lab) });
  if (packets.probings.length + packets.connections.length > 0) return packets;
  if (address !== undefined)
    return { probings: [{ address, of: 'anybody', outbound: undefined }], connections: [] };
  throw new CliFault(
    'cannot-tell',
    `there is no pod behind ${target} to probe it with, and no floating IP`,
    `berth explain ${target} tells what it is for`,
  );
}

function flowsOf(find: () => readonly ExternalFlow[], mayBeNone: boolean): readonly ExternalFlow[] {
  try {
    return find();
  } catch (fault) {
    if (mayBeNone && fault instanceof CliFault && fault.code === 'usage') return [];
    throw fault;
  }
}
