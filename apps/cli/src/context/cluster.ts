import { hostname } from 'node:os';
import type { Home } from '@berth/core';
import type { HeldSource, Reader } from '@berth/source';
import { awaitingCluster } from './await-cluster.ts';
import type { Place } from './place.ts';

/** The user that a lab's API server knows as the controller. */
export const controllerUser = 'berth-controller';

/** The group of every agent that a lab's API server knows. */
export const agentGroup = 'berth:agents';

/** What the names of a lab's agents begin with; the node's name follows. */
export const agentUserPrefix = 'berth-agent:';

/** The user that a lab's API server knows as the agent of a node. */
export function agentUser(node: string): string {
  return `${agentUserPrefix}${node}`;
}

/** The Lease that says which controller leads. */
export const controllerLease = { namespace: 'kube-system', name: 'berth-controller' } as const;

/** Where a controller of a lab keeps the certificate of its webhooks, by its own default. */
export const admissionSecret = { namespace: 'kube-system', name: 'berth-admission' } as const;

/** The name of a lab's policies and webhook configurations, likewise. */
export const admissionConfiguration = 'berth';

/** A cluster, and whom it is asked as. */
export type Cluster = { readonly kubeconfig: string | undefined; readonly context: string | undefined };

/** The cluster of a lab, as its administrator; undefined where there is none. */
export function clusterOfLab({ lab }: Pick<Place, 'lab'>): Cluster | undefined {
  const kubeconfig = lab?.kube?.kubeconfigs['admin'];
  return kubeconfig === undefined ? undefined : { kubeconfig, context: undefined };
}

/** Where the objects live that a command is about: in the cluster it was given, or in a folder without one. */
export function homeOf(cluster: Cluster | undefined, { lab }: Pick<Place, 'lab'>): Home {
  if (!cluster) return 'folder';
  const isOfLab = Object.values(lab?.kube?.kubeconfigs ?? {}).includes(cluster.kubeconfig ?? '');
  return isOfLab ? 'lab-cluster' : 'cluster';
}

/** What the Lease of a cluster says, by which controllers lead; undefined without one, and where it cannot be read. */
export async function leaseOf(cluster: Cluster | undefined) {
  if (!cluster) return undefined;
  const { leadOf } = await import('@berth/source/kube');
  const ask = () => leadOf(cluster, controllerLease, Date.now()).catch(() => undefined);
  return awaitingCluster(cluster, ask);
}

/** Told who leads while we wait for the lead; `hasLapsed`: it has not renewed its Lease in time. */
export type OnWait = (holder: string, hasLapsed: boolean) => void;

/** Told while we wait for the lead of a cluster. */
export type LeaseWatch = {
  readonly leaseHeld?: OnWait | undefined;
  /** The Lease cannot be had, or not be renewed. */
  readonly leaseFailed?: ((fault: unknown) => void) | undefined;
};

/**
 * Follows a cluster as its controller does, with a way to wait for its lead and hold it, again and again by the same name. Waiting ends with
 * the signal's reason when that is aborted.
 */
export async function followCluster(cluster: Cluster) {
  const { clusterLead, holdCluster, KubeReader } = await import('@berth/source/kube');
  const reader = new KubeReader(cluster);
  const lease = { ...controllerLease, identity: `${hostname()}_${process.pid}_${Date.now().toString(36)}` };
  return {
    reader,
    lead: () => clusterLead(reader),
    hold: (signal: AbortSignal, { leaseHeld, leaseFailed }: LeaseWatch = {}): Promise<HeldSource> => {
      const observe = { ...(leaseHeld && { leaseHeld }), ...(leaseFailed && { leaseFailed }) };
      return holdCluster(reader, { lease, observe }, signal);
    },
  };
}

/** Reads a cluster. Imported only when it is asked for: what it takes is large. */
export async function clusterReader(cluster: Cluster): Promise<Reader> {
  const { KubeReader } = await import('@berth/source/kube');
  const reader = new KubeReader(cluster);
  const close = () => reader.close();
  return {
    list: () => awaitingCluster(cluster, () => reader.list()),
    watch: (onChange) => reader.watch(onChange),
    close,
    [Symbol.asyncDispose]: close,
  };
}
