import { setTimeout as sleep } from 'node:timers/promises';
import { ruleKinds } from '@berth/api';
import { EngineFault } from '../engine-fault.ts';
import type { NodeWatch } from '../nodes/node-watch.ts';
import { memoryOf } from '../pass/memory.ts';
import { type PassInput, type PassResult, pass } from '../pass/pass.ts';
import { RuleWatch } from './rule-watch.ts';
import { Wake } from './wake.ts';

/** How the loop behaves and whom it tells. */
export type LoopOptions = {
  /** After each pass, also after one that changed nothing, with the time it took. */
  readonly onPass?: (result: PassResult, durationMs: number) => void | Promise<void>;
  /** When a pass failed and is tried again after `delayMs`, and when something of an object was refused and is tried again then. */
  readonly onFault?: (fault: unknown, delayMs: number) => void;
  readonly signal: AbortSignal;
  /** Changes within this time share a pass, as long as they come one upon the other. */
  readonly settleMs?: number;
};

/**
 * A change is acted on once nothing has come for this long: an EIP waits for the floating IP that is made right after it, since a
 * pass at once would be over the EIP alone and keep the floating IP waiting. Nothing comes after a rule, which is acted on at once.
 */
const quietMs = 15;

const firstDelayMs = 200;
const longestDelayMs = 10_000;
const longestAskedMs = 60_000;

/**
 * Passes until the signal is aborted: one at the start, one after each change of the resources, NB or SB, or of what is told of workloads that
 * are attached, and one when a gateway has drained. A fault is met with a pause that doubles, is as long as the other side asks, and ends early when NB is connected
 * again; one that no pause can cure is thrown.
 */
export async function loop(
  input: PassInput,
  { onPass, onFault, signal, settleMs = 30 }: LoopOptions,
): Promise<void> {
  const wake = new Wake(signal);
  let isPassing = false;
  using watch = new RuleWatch(
    input.ovn,
    () => wake.up(),
    () => isPassing || wake.isPending,
  );
  const known = { memory: memoryOf(input.settings), failing: () => watch.findings(), ...input };
  using _source = input.source.watch((kinds) =>
    kinds && ruleKinds.some((kind) => kinds.has(kind)) ? wake.hurry() : wake.up(),
  );
  using _attaching = input.attaching?.watch(() => wake.up());
  await using nodes = watchNodes(input.nodes, wake, onFault);
  const unsubscribe = [input.ovn.northbound, input.ovn.southbound].map((replica) =>
    replica.subscribe(() => wake.up()),
  );
  const stopStatus = input.ovn.nb.onStatus(({ kind }) => {
    if (kind === 'connected') wake.now();
  });
  let delayMs = firstDelayMs;
  let due: NodeJS.Timeout | undefined;
  try {
    await nodes?.beginning;
    wake.up();
    while (await wake.next()) {
      await wake.quiet(quietMs, settleMs);
      if (signal.aborted) return;
      wake.clear();
      isPassing = true;
      try {
        const startMs = performance.now();
        const result = await pass(known).finally(() => {
          isPassing = false;
        });
        clearTimeout(due);
        if (result.dueInMs !== undefined) due = setTimeout(() => wake.up(), result.dueInMs);
        if (result.refusal) onFault?.(result.refusal, result.dueInMs ?? 0);
        await onPass?.(result, performance.now() - startMs);
        delayMs = firstDelayMs;
      } catch (fault) {
        if (isFinal(fault)) throw fault;
        const waitMs = Math.max(delayMs, askedMs(fault));
        onFault?.(fault, waitMs);
        await wake.pause(waitMs);
        delayMs = Math.min(delayMs * 2, longestDelayMs);
        wake.up();
      }
    }
  } finally {
    clearTimeout(due);
    for (const stop of [...unsubscribe, stopStatus]) stop();
  }
}

/** How often it is looked whether something counts by now that did not a moment ago. */
const dueCheckMs = 250;

/** The first pass waits no longer for what agents reported: what is programmed does not depend on them. */
const beginningMs = 2_000;

/** `beginning` resolves once the reports were read that were there at first, or could not be. */
type NodesWatched = AsyncDisposable & { readonly beginning: Promise<void> };

/** Wakes when an agent reports something new, and when the time has come for something to count. */
function watchNodes(
  nodes: NodeWatch | undefined,
  wake: Wake,
  onFault: LoopOptions['onFault'],
): NodesWatched | undefined {
  if (!nodes) return undefined;
  let reading = Promise.resolve();
  const read = (): void => {
    reading = reading.then(async () => {
      try {
        if (await nodes.read()) wake.up();
      } catch (fault) {
        onFault?.(fault, dueCheckMs);
      }
    });
  };
  const watch = nodes.watch(read);
  const timer = setInterval(() => nodes.isDue() && wake.up(), dueCheckMs);
  read();
  return {
    beginning: Promise.race([reading, sleep(beginningMs, undefined, { ref: false })]),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      watch[Symbol.dispose]();
      await reading;
    },
  };
}

/** How long the other side asks to be left alone, but no longer than is good for what is programmed meanwhile. */
function askedMs(fault: unknown): number {
  const asked = fault instanceof Error && 'retryAfterMs' in fault ? fault.retryAfterMs : 0;
  return typeof asked === 'number' ? Math.min(asked, longestAskedMs) : 0;
}

/** Whether no later pass can succeed. A fault without an opinion of its own is a fault of ours, and final. */
function isFinal(fault: unknown): boolean {
  if (fault instanceof EngineFault) return fault.retry === 'never';
  const retry = fault instanceof Error && 'retry' in fault ? fault.retry : 'never';
  return retry === 'never';
}
