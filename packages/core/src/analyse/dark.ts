import type { Fabric } from '../fabric/fabric.ts';
import type { ExternalFlow } from './flow.ts';
import { routeOf, stateOf } from './state-of.ts';
import { baseWorld } from './world/world.ts';

/**
 * The flows without those of workloads to their own public address where nobody outside reaches that address now: such an
 * address is dark, and no failure makes it any darker.
 */
export function withoutDarkHairpins(fabric: Fabric, flows: readonly ExternalFlow[]): readonly ExternalFlow[] {
  const base = baseWorld(fabric);
  const dark = new Set(
    flows
      .filter((flow) => flow.direction === 'inbound' && stateOf(base, routeOf(base, flow)).outcome === 'lost')
      .map(addressOf),
  );
  if (dark.size === 0) return flows;
  return flows.filter((flow) => flow.direction !== 'hairpin' || !dark.has(addressOf(flow)));
}

function addressOf({ target, router, externalIp }: ExternalFlow): string {
  return JSON.stringify([target, router, externalIp]);
}
