import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding } from '@berth/core';
import { type PassInput, type PassResult, pass } from '@berth/engine';
import type { Player } from './player.ts';

/** What a settled place came to: everything that is wrong, and what changed on the way. */
export type Settled = {
  readonly last: PassResult;
  readonly passes: readonly PassResult[];
  /** What is wrong on the nodes of a lab. */
  readonly nodeFindings: readonly Finding[];
};

/** Longer than a node's ovn-controller takes to tell SB of a new bridge. */
const quietMs = 300;
const mostPasses = 20;

/**
 * Passes until two in a row, a moment apart, had nothing to do: the databases then hold what the resources ask for and
 * the nodes have followed. On a lab everything around the controller is played between passes.
 */
export async function settle(input: PassInput, player?: Player, signal?: AbortSignal): Promise<Settled> {
  const passes: PassResult[] = [];
  let nodeFindings: readonly Finding[] = [];
  let quiet = 0;
  for (;;) {
    signal?.throwIfAborted();
    const last = await pass(input);
    passes.push(last);
    if (player) nodeFindings = await player.sync(last.listing.resources);
    quiet = last.written.changes === 0 && last.statusWrites === 0 ? quiet + 1 : 0;
    if (quiet === 2 || passes.length === mostPasses) return { last, passes, nodeFindings };
    if (quiet === 1) await sleep(quietMs, undefined, signal ? { signal } : {});
  }
}
