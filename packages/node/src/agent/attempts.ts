import { type Finding, finding } from '@berth/core';
import { configOf, type Workload } from '../workload/workload.ts';
import { takenFinding } from './taken.ts';

/** A pause is as long as this at first, and doubles with each try. */
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

type Failed = {
  /** What it was to be attached with. */
  readonly config: string;
  readonly finding: Finding;
  readonly pauseMs: number;
  readonly dueMs: number;
};

/**
 * The workloads of a node that could not be attached. Each waits by itself before it is tried again, and not at all once it is to be attached
 * with something else: one that never succeeds takes neither time nor programs from others.
 */
export class Attempts {
  readonly #node: string;
  readonly #clock: () => number;
  readonly #failed = new Map<string, Failed>();

  /** `clock` gives milliseconds that only ever grow. */
  constructor(node: string, clock: () => number = () => performance.now()) {
    this.#node = node;
    this.#clock = clock;
  }

  /** Whether a workload is left alone for now. */
  isHeld(workload: Workload): boolean {
    const failed = this.#failed.get(workload.portName);
    return failed !== undefined && failed.config === configOf(workload) && this.#clock() < failed.dueMs;
  }

  /** Takes note of what became of those that are to be attached and are not yet: the rest is attached, or wanted no more. */
  note(missing: readonly Workload[], failures: ReadonlyMap<Workload, Error>): void {
    const names = new Set(missing.map(({ portName }) => portName));
    for (const name of this.#failed.keys()) if (!names.has(name)) this.#failed.delete(name);
    for (const workload of missing) {
      const fault = failures.get(workload);
      if (fault) this.#failed.set(workload.portName, this.#after(workload, fault));
      else if (!this.isHeld(workload)) this.#failed.delete(workload.portName);
    }
  }

  get findings(): readonly Finding[] {
    return [...this.#failed.values()].map((each) => each.finding);
  }

  /** In how many ms the next of them is tried again; undefined where there is none. */
  get dueInMs(): number | undefined {
    if (this.#failed.size === 0) return undefined;
    return Math.max(0, Math.min(...[...this.#failed.values()].map(({ dueMs }) => dueMs)) - this.#clock());
  }

  #after(workload: Workload, fault: Error): Failed {
    const config = configOf(workload);
    const before = this.#failed.get(workload.portName);
    const pauseMs = before?.config === config ? Math.min(before.pauseMs * 2, longestPauseMs) : firstPauseMs;
    const told = takenFinding(fault) ?? refused(this.#node, workload, fault);
    return { config, finding: told, pauseMs, dueMs: this.#clock() + pauseMs };
  }
}

function refused(node: string, { namespace, name }: Workload, fault: Error): Finding {
  return finding('pod-unattached', {
    object: { kind: 'Pod', namespace, name },
    message: `pod/${namespace}/${name} cannot be attached on node ${node}: ${fault.message}`,
    cure: 'mend what the message names; it is tried again by itself, and every other pod is attached meanwhile',
  });
}
