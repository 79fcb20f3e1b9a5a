import {
  connectOvn,
  leadTerm,
  type Ovn,
  type OvnRemotes,
  type PassResult,
  type PassSettings,
  retried,
} from '@berth/engine';
import type { Database } from '@berth/ovsdb';
import { type HeldSource, wholeSeconds } from '@berth/source';
import type { Metrics } from './metrics.ts';

/** A time of leading. */
export type OnOvnOptions = {
  readonly source: HeldSource;
  readonly remotes: OvnRemotes;
  readonly settings: PassSettings;
  readonly metrics: Metrics;
  readonly onPass: (result: PassResult) => void;
  readonly onFault: (fault: unknown) => void;
  /** A connection to a database of OVN came or went. */
  readonly onConnection: (db: 'NB' | 'SB', status: Database['status']) => void;
  /** Aborted when the lead is lost, or to be let go: the pass that runs is finished. */
  readonly signal: AbortSignal;
};

/**
 * Leads until the signal is aborted: connects to OVN, raises the epoch there, and passes. Throws what no further try can cure.
 */
export async function leadOnOvn(options: OnOvnOptions): Promise<void> {
  const { source, remotes, settings, metrics, onPass, onFault, signal } = options;
  await using ovn = await retried(() => connectOvn(remotes, signal), { onFault, signal });
  if (!ovn) return;
  const stopFollowing = followConnections(ovn, options);
  try {
    await leadTerm({
      ...{ source, ovn, settings, now: wholeSeconds, signal, onFault },
      onFence: ({ epoch }) => metrics.leads(true, epoch),
      onPass: (result, durationMs) => {
        metrics.passed(result, durationMs / 1_000);
        onPass(result);
      },
    });
  } finally {
    stopFollowing();
    metrics.leads(false, 0);
  }
}

function followConnections({ nb, sb }: Ovn, { metrics, onConnection }: OnOvnOptions): () => void {
  const stops = [{ db: 'NB', at: nb } as const, { db: 'SB', at: sb } as const].map(({ db, at }) => {
    metrics.connected(db, at.status.kind === 'connected');
    return at.onStatus((status) => {
      metrics.connected(db, status.kind === 'connected');
      onConnection(db, status);
    });
  });
  return () => {
    for (const stop of stops) stop();
  };
}
