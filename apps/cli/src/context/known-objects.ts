import { resourcesIn } from '@berth/api';
import type { Finding } from '@berth/core';
import type { Claim } from '@berth/engine';
import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import { type Listing, recordedEpoch, SourceFault, stateLead } from '@berth/source';
import type { Options } from '../tree/options.ts';
import { awaitingCluster } from './await-cluster.ts';
import type { Cluster } from './cluster.ts';
import { type ControllerState, controllerNone, controllerOf, controllerUnknown } from './controller-state.ts';
import { type Led, ledBy, ledByNb, ledElsewhere } from './led-by.ts';
import type { Place } from './place.ts';

/** The objects of an OVN as far as they are in force, and who looks after them. */
export type KnownObjects = {
  /** The objects that are asked for on it, as they are written now and stored; undefined where nothing is known of any. */
  readonly listing: Listing | undefined;
  /** Those of a cluster while somebody else leads the OVN, so that they are not in force; undefined where nobody does. */
  readonly dormant: Listing | undefined;
  /** That objects are asked about which are not in force. */
  readonly ledElsewhere: Finding | undefined;
  /** Who leads, as NB says; undefined where it says nothing, and of saved databases. */
  readonly led: Led | undefined;
  /** Why they cannot be read, of a state only where nobody asked for it by name; undefined where they can, or where there are none. */
  readonly unreadable: unknown;
  readonly controller: ControllerState;
};

/** What is stored, and what whoever stored it claims to lead. */
type Known = Pick<KnownObjects, 'listing' | 'unreadable'> & { readonly claim: Claim };

/**
 * The objects that are asked for: of the cluster, else of the state, which of saved databases counts only where it is named. Where a cluster cannot be
 * reached, `unreadable` says why, and how OVN is asked without it.
 */
export async function objectsOf(
  cluster: Cluster | undefined,
  { stateFolder, remotes }: Place,
  options: Pick<Options, 'state'>,
  isLive: boolean,
): Promise<Known> {
  if (cluster) {
    const claim = { name: undefined, epoch: 0 };
    const unread = (fault: unknown) => ({
      listing: undefined,
      unreadable: unreachedOf(fault, remotes),
      claim,
    });
    return await clusterListing(cluster).catch(unread);
  }
  const claim = { name: stateLead(stateFolder), epoch: await recordedEpoch(stateFolder).catch(() => 0) };
  if (!isLive && options.state === undefined) return { listing: undefined, unreadable: undefined, claim };
  return { ...(await storedListing(stateFolder, options)), claim };
}

/** Whose objects are asked about, and on what. */
type Where = { readonly place: Place; readonly cluster: Cluster | undefined; readonly isLive: boolean };

/** The objects as far as they are in force, and who is at work. */
export async function inForce(
  { claim, listing, unreadable }: Known,
  nb: Snapshot<NbTables>,
  where: Where,
): Promise<KnownObjects> {
  const { place, cluster, isLive } = where;
  const nobody = { listing, unreadable, dormant: undefined, ledElsewhere: undefined, led: undefined };
  if (!isLive) return { ...nobody, controller: controllerUnknown };
  // Its Lease is no more to be had, and asking for it would wait once more.
  if (cluster && unreadable !== undefined)
    return { ...nobody, led: ledByNb(nb, place), controller: controllerUnknown };
  const led = await ledBy(nb, { place, cluster, claim });
  if (!led) return { ...nobody, controller: await controllerOfNobody(where) };
  const { controller } = led;
  if (!led.isOther) return { ...nobody, led, controller };
  return {
    ...{ listing: undefined, dormant: cluster && listing, unreadable: undefined, led, controller },
    ledElsewhere: listing && ledElsewhere(led, where),
  };
}

/** Who is at work where NB says that nobody ever led: a lab's own state is where a controller of it would be. */
async function controllerOfNobody({
  place,
  cluster,
}: Pick<Where, 'place' | 'cluster'>): Promise<ControllerState> {
  const known = await controllerOf(cluster, place.stateFolder);
  return known === controllerUnknown && place.lab && !cluster ? controllerNone : known;
}

/** An empty state tells nothing: the objects may be stored elsewhere. */
function whereAny(listing: Listing): Listing | undefined {
  return resourcesIn(listing.resources).length > 0 ? listing : undefined;
}

/** A fault of a cluster's API server, with how OVN is asked itself. Throws what is wrong with a kubeconfig: it is mended there. */
function unreachedOf(fault: unknown, remotes: Place['remotes']): SourceFault {
  if (!(fault instanceof SourceFault) || fault.code === 'cluster-config') throw fault;
  if (!remotes) return fault;
  const { code, message, retryAfterMs } = fault;
  const instead = `to ask OVN itself, by its rows, name its databases and no cluster: --nb ${remotes.nb} --sb ${remotes.sb}`;
  return new SourceFault(code, `${message}; ${instead}`, { cause: fault, retryAfterMs });
}

async function clusterListing(cluster: Cluster): Promise<Known> {
  const { clusterLead, KubeReader } = await import('@berth/source/kube');
  await using reader = new KubeReader(cluster);
  const listing = await awaitingCluster(cluster, () => reader.list());
  return { listing, unreadable: undefined, claim: { name: clusterLead(reader), epoch: 0 } };
}

/** What was applied; no listing when nothing ever was, or when it cannot be read and nobody asked for it. */
async function storedListing(
  stateFolder: string,
  { state }: Pick<Options, 'state'>,
): Promise<Pick<KnownObjects, 'listing' | 'unreadable'>> {
  const { openStored } = await import('./stored.ts');
  try {
    await using stored = await openStored(stateFolder);
    const listing = await stored.reader.list();
    const whole = { ...listing, findings: [...listing.findings, ...stored.findings] };
    return { listing: whereAny(whole), unreadable: undefined };
  } catch (fault) {
    if (state !== undefined) throw fault;
    return { listing: undefined, unreadable: fault };
  }
}
