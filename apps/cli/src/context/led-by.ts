import { type Finding, finding } from '@berth/core';
import { type Claim, hasRows, type Lead, leadIn, leadText, otherLead } from '@berth/engine';
import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { followCommand, notFollowedText, stateOfLead } from '@berth/source';
import { type Cluster, clusterOfLab, controllerLease, leaseOf } from './cluster.ts';
import { type ControllerState, controllerOf, controllerUnknown } from './controller-state.ts';
import type { Place } from './place.ts';

/** Who leads an OVN, as NB says it, and what that means for the objects that are asked about. */
export type Led = {
  readonly lead: Lead;
  /** Somebody else than who looks after these objects, which are not in force then. */
  readonly isOther: boolean;
  /** How the objects that are in force are asked for, where that is known. */
  readonly ask: string | undefined;
  /** Who has the Lease of a cluster whose controller waits to take the OVN over; undefined where nobody is known to. */
  readonly waiting: string | undefined;
  /** Which other lead the cluster that was asked with may follow, as somebody wrote it; undefined where nobody did, and of a state. */
  readonly follow: string | undefined;
  readonly controller: ControllerState;
};

/** Whose objects are asked about: of a cluster, or of a state. */
type Asked = {
  readonly place: Place;
  readonly cluster: Cluster | undefined;
  /** Who looks after them. Of a cluster the epoch is its Lease's. */
  readonly claim: Claim;
};

/** Finds out who leads an OVN; undefined where NB says nothing of it. */
export async function ledBy(nb: Snapshot<NbTables>, asked: Asked): Promise<Led | undefined> {
  const { place, cluster, claim } = asked;
  const { instance, stateFolder } = place;
  const lead = leadIn(nb, instance);
  if (!lead) return undefined;
  const ofLab = clusterOfLab(place);
  const lease = await leaseOf(cluster ?? ofLab);
  const own = cluster ? { ...claim, epoch: lease?.epoch ?? Number.POSITIVE_INFINITY } : claim;
  const isElsewhere = !isOfOneUser(lead, place) && otherLead(nb, instance, own) !== undefined;
  const isOther = isElsewhere && hasRows(nb, instance);
  const isOfCluster = stateOfLead(lead.name) === undefined && lease?.epoch === lead.epoch;
  return {
    ...{ lead, isOther },
    ...(isElsewhere
      ? await otherOf(lead, asked, isOfCluster)
      : { ask: undefined, controller: await controllerOf(cluster, stateFolder) }),
    waiting: (cluster ? isOther : !isOfCluster) ? lease?.holder : undefined,
    follow: cluster && lease?.follow,
  };
}

/** The same as far as NB alone tells it, where the objects that are asked about cannot be had. */
export function ledByNb(nb: Snapshot<NbTables>, { instance }: Pick<Place, 'instance'>): Led | undefined {
  const lead = leadIn(nb, instance);
  const unknown = { ask: undefined, waiting: undefined, follow: undefined, controller: controllerUnknown };
  return lead && { lead, isOther: false, ...unknown };
}

/** Whether a lead is of nobody else: in a lab without a cluster all states are of one user, so only one that NB names is another. */
export function isOfOneUser({ name }: Pick<Lead, 'name'>, { lab }: Pick<Place, 'lab'>): boolean {
  return name === undefined && lab !== undefined && !lab.kube;
}

/** That objects are asked about which are not in force. */
export function ledElsewhere(
  { lead, ask, follow }: Pick<Led, 'lead' | 'ask' | 'follow'>,
  { cluster, place }: Pick<Asked, 'cluster' | 'place'>,
): Finding {
  const objects = cluster ? 'the objects of this cluster' : `the objects of the state ${place.stateFolder}`;
  const instead = cluster
    ? `stop that one, look at what berth plan --kube would delete, let a controller of this cluster run, and say ${followCommand(controllerLease, lead.epoch)}`
    : 'stop that one and add --move-state to berth apply or berth run';
  const not = notFollowedText(follow, lead.epoch);
  return finding('led-elsewhere', {
    message: `${leadText(lead.name)} leads this OVN${lead.since === undefined ? '' : ` since ${lead.since}`} (epoch ${lead.epoch}), so ${objects} are not in force: what is said here goes by the rows of NB and SB alone, and reckons with no controller${not === undefined ? '' : `; ${not}`}`,
    cure: `${ask === undefined ? 'ask with the objects of that one' : `to know what is asked for, ask ${ask}`}; to have these in force instead, ${instead}`,
  });
}

/** What is known of who leads in the place of those that are asked about; `isOfCluster` where it is as the Lease says that was read. */
async function otherOf(
  lead: Lead,
  { place, cluster }: Asked,
  isOfCluster: boolean,
): Promise<Pick<Led, 'ask' | 'controller'>> {
  const state = stateOfLead(lead.name);
  if (state) {
    const { host, folder, isHere } = state;
    if (!isHere) return { ask: `on ${host} with --state ${folder}`, controller: controllerUnknown };
    return { ask: `with --state ${folder}`, controller: await controllerOf(undefined, folder) };
  }
  const ofLab = cluster ? undefined : clusterOfLab(place);
  if (ofLab && isOfCluster)
    return {
      ask: `with --kube, as the cluster of lab/${place.lab?.name} leads`,
      controller: await controllerOf(ofLab, place.stateFolder),
    };
  const isNamed = lead.name?.startsWith('cluster/') === true;
  const ask = isNamed ? 'that cluster: kubectl berth there, or --kubeconfig FILE' : undefined;
  return { ask, controller: controllerUnknown };
}
