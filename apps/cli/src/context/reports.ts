import type { NodeReport } from '@berth/api';
import { defaultHeartbeatMs, type NodeHealth, nodeHealthOf } from '@berth/core';
import { folderNodeBoard } from '@berth/source';
import type { Cluster } from './cluster.ts';
import type { Place } from './place.ts';

/**
 * What agents reported lately, beside the state and on the lab's own API server. Of a node whose agent has gone silent
 * nothing is known.
 */
export async function reportsIn({ stateFolder, lab }: Place): Promise<readonly NodeHealth[]> {
  await using board = folderNodeBoard({ stateFolder });
  const reports = await board.reports();
  const kubeconfig = lab?.kube?.kubeconfigs['admin'];
  const onLab = kubeconfig === undefined ? [] : await reportsOnCluster({ kubeconfig, context: undefined });
  const nodes = new Set(onLab.map(({ node }) => node));
  return [...onLab, ...recent(reports).filter(({ node }) => !nodes.has(node))];
}

/** The same of a cluster. What cannot be read there is not known. */
export async function reportsOnCluster(cluster: Cluster): Promise<readonly NodeHealth[]> {
  const { kubeReports } = await import('@berth/source/kube');
  return recent(await kubeReports(cluster).catch(() => []));
}

function recent(reports: readonly NodeReport[]): readonly NodeHealth[] {
  return reports.filter(({ status }) => isRecent(status)).map((report) => nodeHealthOf(report, true));
}

/** Whether a heartbeat is not older than several of them. The clock that wrote it is the node's. */
function isRecent({ time, heartbeatMs = defaultHeartbeatMs }: NodeReport['status']): boolean {
  return Date.now() - Date.parse(time) < 5 * heartbeatMs;
}
