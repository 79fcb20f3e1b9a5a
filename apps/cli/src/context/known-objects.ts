import { resourcesIn } from '@berth/api';
import type { Claim } from '@berth/engine';
import { type Listing, recordedEpoch, stateLead } from '@berth/source';
import type { Options } from '../tree/options.ts';
import type { Cluster } from './cluster.ts';
import { controllerOf, controllerUnknown } from './controller-state.ts';
import { ledBy, ledElsewhere } from './led-by.ts';
import type { Observed } from './observed.ts';
import type { Place } from './place.ts';

/** Objects, and who looks after them. */
type Known = Pick<Observed, 'listing' | 'unreadable'> & { readonly claim: Claim };

/** The objects that are asked for: of the cluster, else of the state, which of saved databases counts only where it is named. */
export async function objectsOf(
  cluster: Cluster | undefined,
  { stateFolder }: Place,
  options: Pick<Options, 'state'>,
  isLive: boolean,
): Promise<Known> {
  if (cluster) return { ...(await clusterListing(cluster)), unreadable: undefined };
  const claim = { name: stateLead(stateFolder), epoch: await recordedEpoch(stateFolder).catch(() => 0) };
  if (!isLive && options.state === undefined) return { listing: undefined, unreadable: undefined, claim };
  return { ...(await storedListing(stateFolder, options)), claim };
}

/** The objects as far as they are in force, and who is at work. */
export async function inForce(
  { claim, listing, unreadable }: Known,
  nb: Observed['nb'],
  where: { readonly place: Place; readonly cluster: Cluster | undefined; readonly isLive: boolean },
): Promise<Pick<Observed, 'listing' | 'dormant' | 'unreadable' | 'led' | 'ledElsewhere' | 'controller'>> {
  const { place, cluster, isLive } = where;
  const nobody = { listing, unreadable, dormant: undefined, ledElsewhere: undefined, led: undefined };
  if (!isLive) return { ...nobody, controller: controllerUnknown };
  const led = await ledBy(nb, { place, cluster, claim });
  if (!led) return { ...nobody, controller: await controllerOf(cluster, place.stateFolder) };
  const { controller } = led;
  if (!led.isOther) return { ...nobody, led, controller };
  return {
    ...{ listing: undefined, dormant: cluster && listing, unreadable: undefined, led, controller },
    ledElsewhere: listing && ledElsewhere(led, where),
  };
}

/** An empty state tells nothing: the objects may be stored elsewhere. */
function whereAny(listing: Listing): Listing | undefined {
  return resourcesIn(listing.resources).length > 0 ? listing : undefined;
}

async function clusterListing(cluster: Cluster): Promise<Pick<Known, 'listing' | 'claim'>> {
  const { clusterLead, KubeReader } = await import('@berth/source/kube');
  await using reader = new KubeReader(cluster);
  const listing = await reader.list();
  return { listing, claim: { name: clusterLead(reader), epoch: 0 } };
}

/** What was applied; no listing when nothing ever was, or when it cannot be read and nobody asked for it. */
async function storedListing(
  stateFolder: string,
  { state }: Pick<Options, 'state'>,
): Promise<Pick<Observed, 'listing' | 'unreadable'>> {
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
