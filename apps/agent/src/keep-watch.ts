import { randomUUID } from 'node:crypto';
import { nodeSentry, type Sentry } from '@berth/node';
import type { RunOptions } from './run-options.ts';

/** The part of the agent that reports and carries out orders. Disposing of it ends it and leaves the node as it is. */
export type Watch = AsyncDisposable & {
  /** Another agent has the node. */
  hasRival(): boolean;
};

/** Begins to report and to carry out orders, as soon as the node's database can be reached. Without a board there is nobody to report to. */
export function keepWatch(options: RunOptions, retryMs: number): Watch {
  const { place, host, instance, memoryFile, now, report, signal } = options;
  const { board } = place;
  if (!board) return { hasRival: () => false, async [Symbol.asyncDispose]() {} };
  const stop = new AbortController();
  let sentry: Sentry | undefined;
  const begin = async (): Promise<void> => {
    while (!sentry && !stop.signal.aborted) {
      try {
        sentry = await nodeSentry({
          host,
          instance,
          board,
          memoryFile,
          agent: randomUUID(),
          now,
          onFault: report.failed,
          signal: AbortSignal.any([signal, stop.signal]),
        });
      } catch (fault) {
        if (stop.signal.aborted || signal.aborted) return;
        report.failed(fault);
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  };
  const begun = begin();
  return {
    hasRival: () => sentry?.hasRival ?? false,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await begun;
      await sentry?.close();
      await board[Symbol.asyncDispose]();
    },
  };
}
