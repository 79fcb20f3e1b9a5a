/** What tells that it changed, as a replica does. */
type Changing = { subscribe(listener: () => void): () => void };

/** Resolves after a change of one of some replicas, after a time, or when the signal is aborted. */
export function nextChange(
  replicas: readonly Changing[],
  withinMs: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      for (const stop of stops) stop();
      resolve();
    };
    const timer = setTimeout(done, withinMs);
    signal.addEventListener('abort', done, { once: true });
    const stops = replicas.map((replica) => replica.subscribe(done));
  });
}
