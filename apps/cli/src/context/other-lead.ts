import { hasRows, leadText, type Ovn, otherLead as otherLeadIn } from '@berth/engine';
import { recordedEpoch, stateLead } from '@berth/source';
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
  /** Who leads there now; undefined when nobody does. */
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

/** Who looked after an OVN last, in words; undefined where a folder would take it from nobody. */
export async function otherLeadText(place: Place, ovn: Ovn): Promise<string | undefined> {
  const other = await otherLead(place, ovn);
  return other && whoText(other, place);
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
  const isHeld = isOfCluster && lease.holder !== undefined;
  if (!isHeld && !hasRows(nb, instance)) return undefined;
  return {
    ...{ epoch, own, name },
    cluster: isOfCluster ? `the cluster of lab/${lab.name}` : undefined,
    holder: isOfCluster ? lease.holder : undefined,
  };
}

function whoText({ epoch, own, name, cluster, holder }: OtherLead, { stateFolder }: Place): string {
  if (holder !== undefined)
    return `a controller of Berth looks after this OVN as ${cluster} says: ${holder} leads`;
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
