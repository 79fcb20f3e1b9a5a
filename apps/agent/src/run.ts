import { type NodeAgent, nodeAgent } from '@berth/node';
import type { Listing, Reader } from '@berth/source';
import { attachPods } from './attach-pods.ts';
import { keepWatch } from './keep-watch.ts';
import type { Report } from './report.ts';
import type { RunOptions } from './run-options.ts';

/** How long until another look where nothing announces a change, such as of the node's NICs. */
const quietMs = 15_000;

/** How long until another try after a fault. */
const retryMs = 2_000;

/**
 * Keeps the node as its place says until the signal ends it, and beside it, where there is a board, reports and carries out
 * orders. Faults are reported and tried again; while the place cannot be read, or the board not be reached, the node stays
 * as it is and the last order in force. While another agent has the node nothing is done.
 */
export async function runAgent(options: RunOptions): Promise<void> {
  const { place, signal, report, onPass } = options;
  await using watchman = keepWatch(options, retryMs);
  await using _attaching = attachPods(options, retryMs);
  const { reader } = place;
  const wake = waker(signal);
  const watch = reader.watch(wake.wake);
  let agent: NodeAgent | undefined;
  try {
    while (!signal.aborted) {
      try {
        agent ??= await openAgent(options, wake.wake);
        if (!watchman.hasRival()) report.passed(await pass(agent, reader));
        onPass?.();
        await wake.wait(quietMs);
      } catch (fault) {
        if (!signal.aborted) report.failed(fault);
        await wake.wait(retryMs);
      }
    }
  } finally {
    watch[Symbol.dispose]();
    await reader.close();
    await agent?.close();
  }
}

async function openAgent({ host, instance, signal }: RunOptions, onChange: () => void): Promise<NodeAgent> {
  const agent = await nodeAgent({ host, instance, signal });
  agent.subscribe(onChange);
  return agent;
}

/**
 * One pass. What cannot be read is not what was deleted: while the agent's own input has errors the node stays as it
 * is, or a typing mistake would take its bridges away.
 */
async function pass(agent: NodeAgent, reader: Reader): Promise<Parameters<Report['passed']>[0]> {
  const listing = await reader.list();
  const findings = inputFindings(listing);
  if (findings.some(({ severity }) => severity === 'error')) return { changes: [], findings, faults: [] };
  const done = await agent.reconcile({ resources: listing.resources });
  return { ...done, findings: [...findings, ...done.findings] };
}

const kindsRead: ReadonlySet<string> = new Set(['ProviderNetwork', 'Vlan', 'Node']);

/** What is wrong with the objects that the agent reads, or with a whole file. */
function inputFindings({ findings }: Listing): Listing['findings'] {
  return findings.filter(({ object }) => !object || kindsRead.has(object.kind));
}

/** A sleep that can be cut short, also by what happened since the last one. */
function waker(signal: AbortSignal): { wake(): void; wait(timeoutMs: number): Promise<void> } {
  let isAwake = false;
  let rouse: (() => void) | undefined;
  const wake = (): void => {
    isAwake = true;
    rouse?.();
  };
  signal.addEventListener('abort', wake);
  return {
    wake,
    async wait(timeoutMs) {
      if (!isAwake && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const timer = setTimeout(resolve, timeoutMs);
        rouse = resolve;
        await promise;
        clearTimeout(timer);
        rouse = undefined;
      }
      isAwake = false;
    },
  };
}
