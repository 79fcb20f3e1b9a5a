import {
  connectOvn,
  loop,
  type Ovn,
  type OvnRemotes,
  openNodeWatch,
  type PassResult,
  type PassSettings,
  takeOver,
} from '@berth/engine';
import type { Database } from '@berth/ovsdb';
import type { KubeSource } from '@berth/source/kube';
import type { Metrics } from './metrics.ts';
import { retried } from './retried.ts';

/** A time of leading. */
export type TermOptions = {
  readonly source: KubeSource;
  readonly remotes: OvnRemotes;
  readonly settings: PassSettings;
  readonly metrics: Metrics;
  readonly onPass: (result: PassResult) => void;
  readonly onFault: (fault: unknown) => void;
  /** A connection to a database of OVN came or went. */
  readonly onConnection: (db: 'NB' | 'SB', status: Database['status']) => void;
  /** Asks for the end: the pass that runs is finished. */
  readonly signal: AbortSignal;
};

/**
 * Leads for as long as nobody else does and nobody says stop: connects to OVN, raises the epoch there, and passes.
 * Throws what no further try can cure.
 */
export async function lead(options: TermOptions): Promise<void> {
  const { source, remotes, settings, metrics, onPass, onFault } = options;
  const signal = AbortSignal.any([options.signal, source.lost]);
  await using ovn = await retried(() => connectOvn(remotes, signal), onFault, signal);
  const fence = ovn && (await retried(() => takeOver(source, ovn, settings), onFault, signal));
  if (!fence) return;
  const stopFollowing = followConnections(ovn, options);
  metrics.leads(true, fence.epoch);
  await using held = openNodeWatch(source);
  try {
    await loop(
      { source, ovn, fence, settings, now, nodes: held.nodes },
      {
        signal,
        onPass: (result, durationMs) => {
          metrics.passed(result, durationMs / 1_000);
          onPass(result);
        },
        onFault,
      },
    );
  } catch (fault) {
    // What fails once somebody else may lead is nobody's fault.
    if (!source.lost.aborted) throw fault;
  } finally {
    stopFollowing();
    metrics.leads(false, 0);
  }
}

function followConnections({ nb, sb }: Ovn, { metrics, onConnection }: TermOptions): () => void {
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

/** RFC 3339, in whole seconds as Kubernetes has them. */
function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}
