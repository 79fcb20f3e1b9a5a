import { Api } from '../api/api.ts';
import type { ClusterChoice } from '../api/connection.ts';
import { readLease } from './leadership.ts';
import { hasLapsed } from './lease-record.ts';

/** Who leads by a Lease, and who did. */
export type Lead = {
  /** Who holds it and has renewed it in time; undefined when nobody does. */
  readonly holder: string | undefined;
  /** The epoch of the controller that led last; 0 if none ever did. */
  readonly epoch: number;
  /** Which other lead of the OVN may be followed, as somebody wrote it; undefined where nobody did. */
  readonly follow: string | undefined;
};

/** Who only wants to know does not wait for an API server that hangs. */
const answerMs = 10_000;

/** What a Lease says now. Our clock is compared with the holder's. Throws what a call of the API throws. */
export async function leadOf(
  cluster: ClusterChoice,
  lease: { readonly namespace: string; readonly name: string },
  nowMs: number,
): Promise<Lead> {
  const api = new Api(cluster, undefined, { answerMs });
  try {
    const record = await readLease(api, lease);
    const isHeld = record && record.holder !== '' && !hasLapsed(record, nowMs);
    return { holder: isHeld ? record.holder : undefined, epoch: record?.epoch ?? 0, follow: record?.follow };
  } finally {
    await api.close();
  }
}

/** Who holds a Lease, as {@link leadOf} tells it. */
export async function leaseHolder(...asked: Parameters<typeof leadOf>): Promise<string | undefined> {
  return (await leadOf(...asked)).holder;
}
