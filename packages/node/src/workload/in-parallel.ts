/** Does something for every item, at most `limit` at a time. One that fails does not stop the others. */
export async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  action: (item: T) => Promise<R>,
): Promise<{ readonly done: readonly R[]; readonly failures: ReadonlyMap<T, Error> }> {
  const results: R[] = [];
  const failures = new Map<T, Error>();
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      try {
        results.push(await action(item));
      } catch (error) {
        failures.set(item, error instanceof Error ? error : new Error(String(error)));
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return { done: results, failures };
}
