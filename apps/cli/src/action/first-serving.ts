import { claimsOf, gatewayClaim, gatewaysOf, keeperChassis, type Plan } from '@berth/core';
import type { Ovn } from '@berth/engine';

/** Tunnel BFD between two nodes comes up within about three seconds of the first gateway. */
const patienceMs = 6_000;

/** Longer than the half second for which ovn-controller leaves a port to the one that claimed it before. */
const steadyMs = 1_200;

/**
 * Waits, after a plan that made router ports with gateways, until the most preferred gateway of each serves for good.
 * Until tunnel BFD is up every gateway claims the port; whoever is seen to serve stays first, so the next pass must not
 * look before that is over. Resolves anyway when patience ends or the signal is aborted.
 */
export async function untilServing(
  { northbound, southbound }: Ovn,
  { changes }: Plan,
  signal: AbortSignal,
): Promise<void> {
  const gateways = gatewaysOf(northbound.snapshot());
  const ports = changes
    .filter(({ table, verb }) => table === 'Logical_Router_Port' && verb === 'insert')
    .flatMap(({ columns }) => (typeof columns['name']?.new === 'string' ? columns['name'].new : []))
    .filter(
      (port) => gateways.get(port)?.[1] !== undefined && gateways.get(port)?.[1]?.chassis !== keeperChassis,
    );
  const isServed = (): boolean => {
    const now = gatewaysOf(northbound.snapshot());
    const claims = claimsOf(southbound.snapshot());
    return ports.every((port) => gatewayClaim({ claims }, port) === now.get(port)?.[0]?.chassis);
  };
  if (ports.length === 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  let steady: NodeJS.Timeout | undefined;
  const look = (): void => {
    if (!isServed()) {
      clearTimeout(steady);
      steady = undefined;
    } else steady ??= setTimeout(resolve, steadyMs);
  };
  const stop = southbound.subscribe(look);
  const timer = setTimeout(resolve, patienceMs);
  signal.addEventListener('abort', () => resolve(), { once: true });
  if (signal.aborted) resolve();
  look();
  await promise;
  stop();
  clearTimeout(timer);
  clearTimeout(steady);
}
