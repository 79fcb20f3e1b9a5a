import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type NodeOrder, nodeOrderSchema, nodeReportSchema } from '@berth/api';
import type { AgentBoard, NodeBoard } from './board.ts';
import { boardFile, nodesFolder, readBoardFile, writeBoardFile } from './board-files.ts';
import { type BoardWatchTimes, boardWatchTimes, watchBoard } from './board-watch.ts';

export type FolderBoardOptions = {
  /** State of the controller: reports and orders are in `nodes/NODE` of it. */
  readonly stateFolder: string;
  readonly watch?: Partial<BoardWatchTimes>;
};

/** The controller's side of a board in a folder. */
export function folderNodeBoard({ stateFolder, watch }: FolderBoardOptions): NodeBoard {
  const root = nodesFolder(stateFolder);
  const watches = new DisposableStack();
  const folders = async () => [
    stateFolder,
    root,
    ...(await nodesIn(root)).map((node) => path.join(root, node)),
  ];
  return {
    async reports() {
      const nodes = await nodesIn(root);
      const files = nodes.map((node) => boardFile(stateFolder, node, 'report.json'));
      const reports = await Promise.all(files.map((file) => readBoardFile(file, nodeReportSchema)));
      return reports.flatMap((report) => report ?? []);
    },
    async order(orders) {
      const wanted = new Set(orders.map(({ metadata }) => metadata.name));
      await Promise.all(orders.map((order) => leave(stateFolder, order)));
      for (const node of await nodesIn(root)) {
        if (!wanted.has(node)) await rm(boardFile(stateFolder, node, 'order.json'), { force: true });
      }
    },
    findings: () => [],
    watch(onChange) {
      const times = { ...boardWatchTimes, ...watch };
      return watches.use(watchBoard(folders, 'report.json', times, onChange));
    },
    async [Symbol.asyncDispose]() {
      watches.dispose();
    },
  };
}

/** A node's side of a board in a folder. */
export function folderAgentBoard({
  stateFolder,
  node,
  watch,
}: FolderBoardOptions & { readonly node: string }): AgentBoard {
  const watches = new DisposableStack();
  const [orderFile, reportFile] = [
    boardFile(stateFolder, node, 'order.json'),
    boardFile(stateFolder, node, 'report.json'),
  ];
  let last: NodeOrder | undefined;
  return {
    async order() {
      last = (await readBoardFile(orderFile, nodeOrderSchema)) ?? last;
      return last;
    },
    reported: () => readBoardFile(reportFile, nodeReportSchema),
    report: (report) => writeBoardFile(reportFile, report),
    watch(onChange) {
      const times = { ...boardWatchTimes, ...watch };
      const folders = async () => [stateFolder, nodesFolder(stateFolder), path.dirname(orderFile)];
      return watches.use(watchBoard(folders, 'order.json', times, onChange));
    },
    async [Symbol.asyncDispose]() {
      watches.dispose();
    },
  };
}

async function leave(stateFolder: string, order: NodeOrder): Promise<void> {
  const file = boardFile(stateFolder, order.metadata.name, 'order.json');
  const before = await readBoardFile(file, nodeOrderSchema);
  if (!isDeepStrictEqual(before, nodeOrderSchema.parse(order))) await writeBoardFile(file, order);
}

async function nodesIn(root: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? entry.name : [])).sort();
  } catch {
    return [];
  }
}
