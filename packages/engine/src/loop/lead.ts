import type { HeldSource } from '@berth/source';
import { EngineFault } from '../engine-fault.ts';
import { openNodeWatch } from '../nodes/open-node-watch.ts';
import type { Fence } from '../ovn/fence.ts';
import { takeOver, tellOfOther } from '../ovn/take-over.ts';
import type { PassInput } from '../pass/pass.ts';
import { type LoopOptions, loop } from './loop.ts';
import { retried } from './retried.ts';

/** How the lead is held, and what is done with it. */
export type LeadingOptions = {
  /** Waits until nobody else leads, and takes the lead. Throws the signal's reason when it is aborted. */
  hold(): Promise<HeldSource>;
  /** A time of leading; the signal is aborted when it is to end, because the lead was lost or for good. */
  lead(source: HeldSource, signal: AbortSignal): Promise<void>;
  /** The lead was lost, and will be held again. */
  onLost(): void;
  readonly signal: AbortSignal;
};

/**
 * Leads whenever nobody else does, until the signal is aborted: a lead that was lost, to another controller or because the cluster was away for
 * longer than it counts, is waited for and held again. Throws what no further try can cure.
 */
export async function leading({ hold, lead, onLost, signal }: LeadingOptions): Promise<void> {
  while (!signal.aborted) {
    const source = await hold().catch((fault: unknown) => {
      if (!signal.aborted) throw fault;
    });
    if (!source) return;
    try {
      await lead(source, AbortSignal.any([signal, source.lost]));
    } catch (fault) {
      // What fails once somebody else may lead is nobody's fault.
      if (!source.lost.aborted) throw fault;
    } finally {
      await source.close();
    }
    if (!signal.aborted) onLost();
  }
}

/** A time of leading: what a pass needs but for the fence, which is raised here. */
export type TermOptions = LoopOptions &
  Pick<PassInput, 'source' | 'ovn' | 'settings' | 'now' | 'attaching'> & {
    /** Told before the first pass, which waits for it. */
    readonly onFence?: (fence: Fence) => void | Promise<void>;
  };

/**
 * Raises the epoch, hears the nodes' agents, and passes until the signal is aborted. While somebody else leads the OVN it waits, and the objects
 * say so. Throws what no further try can cure.
 */
export async function leadTerm({
  source,
  ovn,
  settings,
  now,
  attaching,
  ...options
}: TermOptions): Promise<void> {
  const fence = await retried(async () => {
    try {
      return await takeOver(source, ovn, settings);
    } catch (fault) {
      // What of that cannot be stored is tried again with the next look, and is no reason to say something else than why nothing is done.
      if (fault instanceof EngineFault && fault.code === 'led-elsewhere')
        await tellOfOther(source, ovn, settings, now()).catch(() => undefined);
      throw fault;
    }
  }, options);
  if (!fence) return;
  await options.onFence?.(fence);
  await using held = openNodeWatch(source);
  const input = { source, ovn, fence, settings, now, nodes: held.nodes, attaching };
  await loop(input, options);
}
