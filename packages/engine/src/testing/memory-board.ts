import type { NodeOrder, NodeReport } from '@berth/api';
import type { NodeBoard } from '@berth/source';

/** A board in memory, and the hands of the agents on it. */
export type MemoryBoard = NodeBoard & {
  readonly orders: ReadonlyMap<string, NodeOrder>;
  /** What a node's agent reports; the sequence is counted here. */
  tell(node: string, status?: Partial<NodeReport['status']>): void;
};

/** A board for tests of what the controller makes of reports. */
export function memoryBoard(): MemoryBoard {
  const reports = new Map<string, NodeReport>();
  const orders = new Map<string, NodeOrder>();
  const listeners = new Set<() => void>();
  return {
    orders,
    reports: async () => [...reports.values()],
    async order(all) {
      orders.clear();
      for (const each of all) orders.set(each.metadata.name, each);
    },
    findings: () => [],
    watch(onChange) {
      listeners.add(onChange);
      return { [Symbol.dispose]: () => void listeners.delete(onChange) };
    },
    tell(name, status = {}) {
      const sequence = (reports.get(name)?.status.sequence ?? 0) + 1;
      reports.set(name, {
        apiVersion: 'gateway.berth.dev/v1alpha1',
        kind: 'NodeReport',
        metadata: { name, generation: 1, labels: {}, annotations: {}, finalizers: [], ownerReferences: [] },
        status: { agent: name, time: '2026-01-01T00:00:00Z', ...status, sequence },
      });
      for (const listener of listeners) listener();
    },
    async [Symbol.asyncDispose]() {
      listeners.clear();
    },
  };
}
