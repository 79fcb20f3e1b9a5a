import { type Finding, finding } from '@berth/core';
import type { Attached } from '../workload/attached.ts';

/** Since when it is awaited that OVN forwards the packets of workloads that are on a node's switch. */
export class Awaited {
  readonly #node: string;
  readonly #clock: () => number;
  readonly #sinceMs = new Map<string, number>();

  /** `clock` gives milliseconds that only ever grow. */
  constructor(node: string, clock: () => number = () => performance.now()) {
    this.#node = node;
    this.#clock = clock;
  }

  /** Takes note of the workloads on the switch. What a container runtime asked for is for the runtime to await. */
  note(attached: readonly Attached[]): void {
    const waiting = attached.filter(({ sandbox, isInstalled }) => !sandbox && !isInstalled);
    const names = new Set(waiting.map(({ portName }) => portName));
    for (const name of this.#sinceMs.keys()) if (!names.has(name)) this.#sinceMs.delete(name);
    for (const name of names) if (!this.#sinceMs.has(name)) this.#sinceMs.set(name, this.#clock());
  }

  /** In how many ms the last one will have waited for as long as `patienceMs`; 0 where none waits that has not yet. */
  leftMs(patienceMs: number): number {
    return Math.max(0, ...[...this.#sinceMs.values()].map((since) => since + patienceMs - this.#clock()));
  }

  /** What is told of those that have waited for as long as `patienceMs`. */
  findings(attached: readonly Attached[], patienceMs: number): readonly Finding[] {
    const isLate = ({ portName }: Attached): boolean => {
      const since = this.#sinceMs.get(portName);
      return since !== undefined && this.#clock() - since >= patienceMs;
    };
    return attached.filter(isLate).map(({ namespace, name, portName }) =>
      finding('pod-unattached', {
        object: { kind: 'Pod', namespace, name },
        message: `pod/${namespace}/${name} is on the switch of node ${this.#node}, and ovn-controller there has not installed its port ${portName}`,
        cure: `see whether NB has a logical switch port ${portName} (where its subnet is not programmed, the subnet says why), and whether ovn-controller of ${this.#node} runs; it works by itself once that is so`,
      }),
    );
  }
}
