import { chassisOfNode, fabricOf } from '@berth/core';
import type { Ovn } from '@berth/engine';
import type { Session } from '../context/session.ts';
import type { Player } from '../player/player.ts';

/** ovn-controller tells SB of a bridge within a fraction of a second. */
const patienceMs = 2_000;

/**
 * Makes the provider bridges of a lab and waits a moment until SB tells of them, before anything is programmed: gateways
 * are chosen among the nodes that have a bridge, and the one that serves stays, so the first bridge would take every VPC.
 * What fails here is left to the player's next turn, which tells of it. Throws the signal's reason.
 */
export async function makeFirstBridges(
  { source, ovn }: Pick<Session, 'source' | 'ovn'>,
  player: Pick<Player, 'makeBridges'>,
  signal: AbortSignal,
): Promise<void> {
  const { resources } = await source.list();
  const networksByNode = await player.makeBridges(resources).catch(() => undefined);
  if (networksByNode) await untilMapped(ovn, networksByNode, signal);
  signal.throwIfAborted();
}

/** Resolves when the chassis of every node has its networks' bridges in SB, or when patience or the signal ends. */
function untilMapped(
  { northbound, southbound }: Ovn,
  networksByNode: ReadonlyMap<string, readonly string[]>,
  signal: AbortSignal,
): Promise<void> {
  const isMapped = (): boolean => {
    const fabric = fabricOf(northbound.snapshot(), southbound.snapshot());
    return [...networksByNode].every(([node, networks]) => {
      const chassis = chassisOfNode(fabric, node);
      return networks.every((network) => chassis?.mappings.has(network));
    });
  };
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = southbound.subscribe(() => isMapped() && resolve());
  const timer = setTimeout(resolve, patienceMs);
  signal.addEventListener('abort', () => resolve(), { once: true });
  if (signal.aborted || isMapped()) resolve();
  return promise.finally(() => {
    stop();
    clearTimeout(timer);
  });
}
