import type { Lab } from '@berth/lab';
import { NodeFault } from '@berth/node';
import { SourceFault } from '@berth/source';
import type { Terminal } from '../context/terminal.ts';
import { faultLine } from '../output/fault-line.ts';

/** Says what goes wrong in a lab; `where` is `node/NAME` or `lab/NAME`. */
export type LabFaults = {
  readonly failed: (where: string, fault: unknown) => void;
  /** A node's agent has reported: what kept it from that is over. */
  readonly reported: (node: string) => void;
  /** A node's agent has read an order of an epoch. */
  readonly ordered: (node: string, epoch: number) => void;
};

/** How long the order of whoever led before may be the last one: who takes over leaves his own with his first pass. */
const behindMs = 10_000;

/**
 * Says what goes wrong in a lab, each thing once until something else does there, and once when a node's agent that could not reach its board
 * reports again; nothing of a lab that has ended. That an order is of who led before is told once it stays the last one.
 */
export function labFaults(
  { err }: { readonly err: Pick<Terminal['err'], 'write' | 'style'> },
  lab: Pick<Lab, 'isRunning'> | undefined,
): LabFaults {
  const last = new Map<string, string>();
  const unreported = new Set<string>();
  const epochs = new Map<string, number>();
  const behind = new Map<string, NodeJS.Timeout>();
  const say = (where: string, fault: unknown): void => {
    if (lab?.isRunning() === false) return;
    const line = faultLine(fault, err.style, false);
    // An API server that is away is so in more than one way, one after the other.
    const trouble = isAway(fault) ? fault.code : line;
    if (last.get(where) !== trouble) err.write(`${where}: ${line}`);
    last.set(where, trouble);
  };
  return {
    failed(where, fault) {
      if (fault instanceof NodeFault && fault.code === 'order-behind') {
        clearTimeout(behind.get(where));
        behind.set(where, setTimeout(() => say(where, fault), behindMs).unref());
        return;
      }
      say(where, fault);
      if (fault instanceof SourceFault) unreported.add(where);
    },
    reported(node) {
      const where = `node/${node}`;
      if (!unreported.delete(where)) return;
      last.delete(where);
      err.write(`${where}: its agent reports again\n`);
    },
    ordered(node, epoch) {
      const where = `node/${node}`;
      if (epoch > (epochs.get(where) ?? 0)) clearTimeout(behind.get(where));
      epochs.set(where, epoch);
    },
  };
}

function isAway(fault: unknown): fault is SourceFault {
  return fault instanceof SourceFault && fault.code === 'cluster-unreachable';
}
