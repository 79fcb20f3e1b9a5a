import { expect, test, vi } from 'vitest';
import { vpc } from '../testing/fake-api.ts';
import { Cache } from './cache.ts';
import { entriesOf } from './entry.ts';

/** A Vpc that is being deleted, as one version of it says. */
function leaving(version: number, finalizers: readonly string[]) {
  const { metadata, ...rest } = vpc('a', version);
  return {
    ...rest,
    metadata: { ...metadata, name: 'a', deletionTimestamp: '2026-01-01T00:00:00Z', finalizers },
  };
}

test('an object that was let go of is gone with the answer, which carries the version from before', () => {
  const onChange = vi.fn();
  const cache = new Cache('Vpc', entriesOf('Vpc'), onChange);
  cache.put(leaving(7, ['held']));
  onChange.mockClear();
  cache.put(leaving(7, []));
  expect([...cache.entries.keys()]).toEqual([]);
  expect(onChange).toHaveBeenCalledTimes(1);
  cache.put(leaving(7, ['held']));
  cache.remove(leaving(8, []));
  expect([...cache.entries.keys()]).toEqual([]);
  expect(onChange).toHaveBeenCalledTimes(1);
});
