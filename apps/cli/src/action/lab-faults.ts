import type { Lab } from '@berth/lab';
import { SourceFault } from '@berth/source';
import type { Terminal } from '../context/terminal.ts';
import { faultLine } from '../output/fault-line.ts';
import { troubleOf } from './trouble-of.ts';

/** Says what goes wrong in a lab; `where` is `node/NAME` or `lab/NAME`. */
export type LabFaults = {
  readonly failed: (where: string, fault: unknown) => void;
  /** A node's agent has reported: what kept it from that is over. */
  readonly reported: (node: string) => void;
};

/**
 * Says what goes wrong in a lab, each thing once until something else does there, and once when a node's agent that could not reach its board
 * reports again; nothing of a lab that has ended.
 */
export function labFaults(
  { err }: { readonly err: Pick<Terminal['err'], 'write' | 'style'> },
  lab: Pick<Lab, 'isRunning'> | undefined,
): LabFaults {
  const last = new Map<string, string>();
  const unreported = new Set<string>();
  return {
    failed(where, fault) {
      if (fault instanceof SourceFault) unreported.add(where);
      if (lab?.isRunning() === false) return;
      const line = faultLine(fault, err.style, false);
      const trouble = troubleOf(fault, line);
      if (last.get(where) !== trouble) err.write(`${where}: ${line}`);
      last.set(where, trouble);
    },
    reported(node) {
      const where = `node/${node}`;
      if (!unreported.delete(where)) return;
      last.delete(where);
      err.write(`${where}: its agent reports again\n`);
    },
  };
}
