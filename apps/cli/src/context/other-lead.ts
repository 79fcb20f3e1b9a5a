import { hasRows, leadText, type Ovn, otherLead as otherLeadIn } from '@berth/engine';
import { recordedEpoch, stateHolder, stateLead, stateOfLead } from '@berth/source';
import { CliFault } from './cli-fault.ts';
import { clusterOfLab, leaseOf } from './cluster.ts';
import { isOfOneUser } from './led-by.ts';
import type { Place } from './place.ts';

/** Who looked after an OVN last, where that is not who stores in a state. */
type OtherLead = {
  /** Of NB, and of the state. */
  readonly epoch: number;
  readonly own: number;
  /** As NB names it; undefined where it does not. */
  readonly name: string | undefined;
  /** The cluster whose controller it is; undefined where that cannot be told. */
  readonly cluster: string | undefined;
  /** Who is at work there now; undefined when nobody is, or nobody here can tell. */
  readonly holder: string | undefined;
};

/** A folder that is about to look after an OVN, and what is to be done with it. */
type Folder = {
  readonly place: Place;
  readonly folder: string;
  readonly moveState: boolean | undefined;
};

/**
 * Makes sure that a folder takes an OVN from nobody unasked: what the objects of another controller are programmed as would be deleted.
 * Throws CliFault `cannot-tell` where another one looked after it last and `moveState` is not said, and while that one leads.
 */
export async function refuseOtherLead({ place, folder, moveState }: Folder, ovn: Ovn): Promise<void> {
  const other = await otherLead(place, ovn);
  if (!other || (moveState && other.holder === undefined)) return;
  throw new CliFault('cannot-tell', whoText(other, place), cureText(other, folder));
}

/** Who looked after an OVN last, in words, and whether he does now and has to be stopped first; undefined where a folder would take it from nobody. */
export async function otherLeadText(
  place: Place,
  ovn: Ovn,
): Promise<{ readonly text: string; readonly isAtWork: boolean } | undefined> {
  const other = await otherLead(place, ovn);
  return other && { text: whoText(other, place), isAtWork: other.holder !== undefined };
}

/** Where nobody leads now and NB has no rows of the instance there is nothing to be taken from anybody. */
async function otherLead(place: Place, ovn: Ovn): Promise<OtherLead | undefined> {
  const { lab, stateFolder, instance } = place;
  const own = await recordedEpoch(stateFolder);
  const claim = { name: stateLead(stateFolder), epoch: own };
  const nb = ovn.northbound.snapshot();
  const other = otherLeadIn(nb, instance, claim);
  if (!other || isOfOneUser(other, place)) return undefined;
  const { epoch, name } = other;
  const lease = await leaseOf(clusterOfLab(place));
  const isOfCluster = lab !== undefined && lease?.epoch === epoch;
  const state = stateOfLead(name);
  const run = state?.isHere ? await runOfState(state.folder) : undefined;
  const holder = isOfCluster ? lease.holder : run;
  if (holder === undefined && !hasRows(nb, instance)) return undefined;
  return { epoch, own, name, holder, cluster: isOfCluster ? `the cluster of lab/${lab.name}` : undefined };
}

/** The `berth run` that holds a state, also one that was stopped; undefined where none does, or where that cannot be told. */
export async function runOfState(stateFolder: string): Promise<string | undefined> {
  const held = await stateHolder(stateFolder).catch(() => undefined);
  return held?.running && !held.passing && !held.elsewhere ? `berth run (process ${held.pid})` : undefined;
}

function whoText({ epoch, own, name, cluster, holder }: OtherLead, { stateFolder }: Place): string {
  if (holder !== undefined) {
    const as =
      cluster === undefined
        ? `${leadText(name)} looks after this OVN`
        : `a controller of Berth looks after this OVN as ${cluster} says`;
    return `${as}: ${holder} is at work`;
  }
  const since = `(NB carries epoch ${epoch}, the state in ${stateFolder} has ${own === 0 ? 'none' : own})`;
  return cluster === undefined
    ? `${leadText(name)} looked after this OVN last ${since}`
    : `a controller of Berth looked after this OVN last, as ${cluster} says ${since}`;
}

function cureText({ cluster, holder }: OtherLead, folder: string): string {
  const move = `to go on with ${folder} in its place, ${holder === undefined ? '' : 'stop it, then '}add --move-state to berth apply or berth run (berth plan shows what that would delete)`;
  const stay = cluster === undefined ? '' : `; to go on with ${cluster}, kubectl apply the objects there`;
  return `${move}${stay}; to have both at once, give this one a name of its own: --instance NAME`;
}
