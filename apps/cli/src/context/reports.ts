import type { NodeReport } from '@berth/api';
import { defaultHeartbeatMs, type NodeHealth, nodeHealthOf } from '@berth/core';
import { folderNodeBoard } from '@berth/source';
import { awaitingCluster } from './await-cluster.ts';
import { type Cluster, clusterOfLab } from './cluster.ts';
import type { Place } from './place.ts';

/** What agents reported, beside the state and on the lab's own API server, with what those said last whose agents have gone silent. */
export async function allReportsIn(place: Place): Promise<readonly NodeHealth[]> {
  await using board = folderNodeBoard({ stateFolder: place.stateFolder });
  const reports = (await board.reports()).map(healthOf);
  const cluster = clusterOfLab(place);
  const onLab = cluster ? await allReportsOnCluster(cluster) : [];
  const heard = recent(onLab);
  const nodes = new Set(heard.map(({ node }) => node));
  const told = [...heard, ...reports.filter(({ node }) => !nodes.has(node))];
  const others = new Set(told.map(({ node }) => node));
  return [...told, ...onLab.filter(({ node }) => !others.has(node))];
}

/** The same of a cluster. What cannot be read there is not known. */
export async function allReportsOnCluster(cluster: Cluster): Promise<readonly NodeHealth[]> {
  const { kubeReports } = await import('@berth/source/kube');
  const reports = await awaitingCluster(cluster, () => kubeReports(cluster).catch(() => []));
  return reports.map(healthOf);
}

/** Those of agents that are heard. */
export function recent(reports: readonly NodeHealth[]): readonly NodeHealth[] {
  return reports.filter(({ isFresh }) => isFresh !== false);
}

function healthOf(report: NodeReport): NodeHealth {
  return nodeHealthOf(report, isRecent(report.status));
}

/** Whether a heartbeat is not older than several of them. The clock that wrote it is the node's. */
function isRecent({ time, heartbeatMs = defaultHeartbeatMs }: NodeReport['status']): boolean {
  return Date.now() - Date.parse(time) < 5 * heartbeatMs;
}
