import { type NodeHealth, nodeHealthOf } from '@berth/core';
import { folderNodeBoard } from '@berth/source';

/** What agents reported lately. Of a node whose agent has gone silent nothing is known. */
export async function reportsIn(stateFolder: string): Promise<readonly NodeHealth[]> {
  await using board = folderNodeBoard({ stateFolder });
  const reports = await board.reports();
  return reports.filter(({ status }) => isRecent(status.time)).map((report) => nodeHealthOf(report, true));
}

/** Whether a heartbeat is not older than several of them. The clock that wrote it is this machine's. */
function isRecent(time: string): boolean {
  return Date.now() - Date.parse(time) < 5_000;
}
