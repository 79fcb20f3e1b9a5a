import { hostname } from 'node:os';
import type { Reader, Source } from '@berth/source';
import type { Options } from '../tree/options.ts';
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

/** Where a lab's API server asks for a controller's verdict: a port of loopback. */
export const admissionPort = 10_669;

/** A cluster, and whom it is asked as. */
export type Cluster = { readonly kubeconfig: string | undefined; readonly context: string | undefined };

/**
 * The cluster that is meant: that of `--kubeconfig` or `--context`; with `--kube` alone the lab's, or the one of the
 * environment. Undefined when none is asked for. On a lab's API server we are `user`.
 */
export function clusterOf(
  { kube, kubeconfig, context }: Options,
  { lab }: Pick<Place, 'lab'>,
  user: 'admin' | typeof controllerUser = 'admin',
): Cluster | undefined {
  if (kubeconfig !== undefined || context !== undefined) return { kubeconfig, context };
  if (kube !== true) return undefined;
  return { kubeconfig: lab?.kube?.kubeconfigs[user], context: undefined };
}

/** Waits for the lead of a cluster, and holds it. Throws the signal's reason when it is aborted. */
export async function clusterSource(
  cluster: Cluster,
  signal: AbortSignal,
  onWait?: (holder: string) => void,
): Promise<Source & { readonly lost: AbortSignal }> {
  const { openKubeSource } = await import('@berth/source/kube');
  const lease = { ...controllerLease, identity: `${hostname()}_${process.pid}_${Date.now().toString(36)}` };
  return openKubeSource({ ...cluster, lease, ...(onWait && { observe: { leaseHeld: onWait } }) }, signal);
}

/** Reads a cluster. Imported only when it is asked for: what it takes is large. */
export async function clusterReader(cluster: Cluster): Promise<Reader> {
  const { KubeReader } = await import('@berth/source/kube');
  return new KubeReader(cluster);
}
