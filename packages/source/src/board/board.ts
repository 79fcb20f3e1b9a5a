import type { NodeOrder, NodeReport } from '@berth/api';
import type { Finding } from '@berth/core';

/**
 * What passes between the controller and the agents, from the controller's side: it reads every report and writes every
 * order. There is one report and one order for each node.
 */
export type NodeBoard = AsyncDisposable & {
  /** The last report of each node that has one. One that cannot be read is left out. */
  reports(): Promise<readonly NodeReport[]>;
  /** Leaves each order for its node; an order that is there already is not written again, one that is missing here is taken away. */
  order(orders: readonly NodeOrder[]): Promise<void>;
  /** What keeps reports or orders from passing, as far as it is for the user to mend. */
  findings(): readonly Finding[];
  /** Calls back after a report may have changed, once for changes close together, until disposed. */
  watch(onChange: () => void): Disposable;
};

/** The same from a node's side: it reads its order and writes its report, and nothing of any other node. */
export type AgentBoard = AsyncDisposable & {
  /** The order for the node; undefined while there is none, and when there cannot be one read it is the last that could. */
  order(): Promise<NodeOrder | undefined>;
  /** The node's report as it is now, whoever wrote it: it tells of another agent on the node. Undefined when there is none that can be read. */
  reported(): Promise<NodeReport | undefined>;
  /** Writes the node's report. Throws SourceFault when it cannot be left. */
  report(report: NodeReport): Promise<void>;
  /** Calls back after the order may have changed, until disposed. */
  watch(onChange: () => void): Disposable;
};
