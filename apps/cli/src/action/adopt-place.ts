import type { ResourceSet } from '@berth/api';
import { type AdoptionInput, requireFree } from '@berth/engine';
import { type Listing, type Reader, SourceFault } from '@berth/source';
import { awaitingCluster } from '../context/await-cluster.ts';
import { CliFault } from '../context/cli-fault.ts';
import { type Cluster, clusterOfLab, controllerUser, homeOf, type OnWait } from '../context/cluster.ts';
import { playedFabric, presentFabric } from '../context/fabric.ts';
import type { Invocation } from '../context/invocation.ts';
import type { Place } from '../context/place.ts';
import { type Held, openHeld, type SessionOptions, sessionOptions } from '../context/session.ts';

/** The Lease by which controllers of Kube-OVN elect their leader. */
const kubeOvnLease = { namespace: 'kube-system', name: 'kube-ovn-controller' } as const;

/** What a session has of an OVN, as far as it is looked at. */
export type World = AdoptionInput & { readonly listing: Listing };

/**
 * Where to adopt. Throws CliFault `cannot-tell` while a controller of Kube-OVN leads the cluster: two that write the same rows
 * undo each other. Where that cannot be seen it is said, and nothing is written unless the user says that none runs.
 */
export async function adoptPlace(invocation: Invocation): Promise<SessionOptions> {
  const { options, environment, terminal, signal } = invocation;
  const where = await sessionOptions(options, environment, signal, controllerUser);
  if (!where.cluster) {
    // In a lab without a cluster there is none.
    if (!where.place.lab)
      terminal.err.write(`a folder does not tell whether a controller of Kube-OVN runs: ${stopIt}\n`);
    return where;
  }
  const holder = await kubeOvnLeader(readerOf(where.cluster, where.place));
  if (holder === null && options.yes && !options.kubeOvnStopped)
    throw new CliFault(
      'cannot-tell',
      `the Lease ${kubeOvnLease.namespace}/${kubeOvnLease.name} cannot be read, so nobody can tell whether a controller of Kube-OVN runs`,
      `allow to get it, or stop that controller and say so with --kube-ovn-stopped: ${stopIt}`,
    );
  if (holder === null) terminal.err.write(`the Lease of Kube-OVN's controller cannot be read: ${stopIt}\n`);
  if (typeof holder === 'string')
    throw new CliFault('cannot-tell', `a controller of Kube-OVN runs: ${holder} leads`, stopIt);
  return where;
}

const stopIt = 'kubectl -n kube-system scale deployment kube-ovn-controller --replicas=0';

/** The controller of a lab has no business with the Lease of another one; its administrator may look at all. */
function readerOf(cluster: Cluster, place: Place): Cluster {
  const admin = clusterOfLab(place)?.kubeconfig;
  return homeOf(cluster, place) === 'lab-cluster' && admin ? { ...cluster, kubeconfig: admin } : cluster;
}

/** Who leads; undefined when nobody does, null when we may not know. */
async function kubeOvnLeader(cluster: Cluster): Promise<string | undefined | null> {
  const { leaseHolder } = await import('@berth/source/kube');
  return awaitingCluster(cluster, () => leaseHolder(cluster, kubeOvnLease, Date.now()).catch(() => null));
}

/**
 * The right to write, of which OVN is told by whoever has looked and goes on: what is refused leaves NB as it is. At once, or as soon as it was seen
 * that whoever had it last does not renew it any more. Throws CliFault `cannot-tell` while a Berth has it, and EngineFault `led-elsewhere`.
 */
export async function openOnly(
  where: SessionOptions,
  { signal, terminal: { err } }: Pick<Invocation, 'signal' | 'terminal'>,
): Promise<Held> {
  const busy = new AbortController();
  const cure = 'stop it, and start it again when this is done';
  let gone = '';
  const onWait: OnWait = (holder, hasLapsed) => {
    if (!hasLapsed)
      busy.abort(new CliFault('cannot-tell', `a controller of Berth is at work: ${holder} leads`, cure));
    else if (holder !== gone) err.write(`waiting: ${holder} led last and seems gone; its Lease is watched\n`);
    gone = holder;
  };
  await using stack = new AsyncDisposableStack();
  try {
    const options = { ...where, onWait, signal: AbortSignal.any([signal, busy.signal]) };
    const held = stack.use(await openHeld(options));
    await requireFree(held.source, held.ovn, held.settings);
    const moved = stack.move();
    return { ...held, [Symbol.asyncDispose]: () => moved.disposeAsync() };
  } catch (cause) {
    // Whatever was waited for may tell of the end of waiting in its own words.
    if (busy.signal.aborted) throw busy.signal.reason;
    if (!(cause instanceof SourceFault && cause.code === 'state-locked')) throw cause;
    throw new CliFault('cannot-tell', 'a controller of Berth is at work', cure, { cause });
  }
}

/** Objects and OVN at one moment; of a lab with its bridges made. */
export async function worldOf(
  { ovn, settings, place }: Pick<Held, 'ovn' | 'settings' | 'place'>,
  reader: Pick<Reader, 'list'>,
): Promise<World> {
  const listing = await reader.list();
  const resources: ResourceSet = listing.resources;
  const present = presentFabric(ovn);
  const fabric = place.lab ? playedFabric(present, place.lab, resources) : present;
  return { listing, resources, fabric, observed: ovn.northbound.snapshot(), settings };
}
