import type { LoopOptions } from './loop.ts';

/** How long until another try. */
const retryMs = 2_000;

/** Tries until it succeeds; undefined when the signal came first. Throws what trying again does not cure. */
export async function retried<T>(
  work: () => Promise<T>,
  { onFault, signal }: Pick<LoopOptions, 'onFault' | 'signal'>,
): Promise<T | undefined> {
  while (!signal.aborted) {
    try {
      return await work();
    } catch (fault) {
      if (signal.aborted) return undefined;
      const retry = fault instanceof Error && 'retry' in fault ? fault.retry : 'never';
      if (retry === 'never') throw fault;
      onFault?.(fault, retryMs);
      await pause(signal);
    }
  }
  return undefined;
}

/** Resolves after the time, or with the signal. */
function pause(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, retryMs);
  const stop = (): void => resolve();
  signal.addEventListener('abort', stop, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  });
}
