import { Api } from '../api/api.ts';
import type { ClusterChoice } from '../api/connection.ts';
import { readLease } from './leadership.ts';

/**
 * Who holds a Lease and has renewed it in time; undefined when nobody does. Our clock is compared with the holder's.
 * Throws what a call of the API throws.
 */
export async function leaseHolder(
  cluster: ClusterChoice,
  lease: { readonly namespace: string; readonly name: string },
  nowMs: number,
): Promise<string | undefined> {
  const api = new Api(cluster);
  try {
    const record = await readLease(api, lease);
    if (!record || record.holder === '') return undefined;
    const ageMs = nowMs - Date.parse(record.renewTime);
    return ageMs <= record.durationSeconds * 1_000 ? record.holder : undefined;
  } finally {
    await api.close();
  }
}
