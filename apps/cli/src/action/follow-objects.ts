import type { ResourceSet } from '@berth/api';
import { retried } from '@berth/engine';
import type { Reader } from '@berth/source';

/**
 * Hands on the objects as they are, and again after each change, until the signal is aborted: for those who follow them whoever leads. What cannot
 * be read is tried again, and told by who leads.
 */
export async function followObjects(
  reader: Pick<Reader, 'list' | 'watch'>,
  onObjects: (resources: ResourceSet) => void,
  signal: AbortSignal,
): Promise<void> {
  let change = Promise.withResolvers<void>();
  using _watch = reader.watch(() => change.resolve());
  const stop = (): void => change.resolve();
  signal.addEventListener('abort', stop, { once: true });
  try {
    while (!signal.aborted) {
      change = Promise.withResolvers<void>();
      const listing = await retried(() => reader.list(), { signal });
      if (listing) onObjects(listing.resources);
      if (!signal.aborted) await change.promise;
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
