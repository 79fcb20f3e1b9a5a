import { pairKey } from './failed.ts';
import { isMonitored } from './monitoring.ts';
import { configuredIn, switches, type World } from './world.ts';

/** Whether packets get through the tunnel between two chassis, each way. */
export function tunnelWorks(world: World, left: string, right: string): boolean {
  return (
    switches(world, left) &&
    switches(world, right) &&
    overlayWorks(world, left, right) &&
    hasTunnel(world, left, right) &&
    hasTunnel(world, right, left)
  );
}

/** Whether BFD says `up` on the tunnel between two chassis; false where no session runs, or one of the two ended its side. */
export function bfdUp(world: World, left: string, right: string): boolean {
  return runsBfd(world, left, right) && runsBfd(world, right, left) && tunnelWorks(world, left, right);
}

/** Whether a chassis runs its side of a session: one that stands still goes on with those of the rows that it has. */
function runsBfd(world: World, from: string, to: string): boolean {
  return isMonitored(configuredIn(world, from).monitoring, from, to);
}

/**
 * Whether a chassis takes the tunnel to another for usable: BFD decides where it runs, and without it a tunnel that
 * exists is taken for good.
 */
export function seemsUsable(world: World, from: string, to: string): boolean {
  if (!hasTunnel(world, from, to)) return false;
  return !runsBfd(world, from, to) || bfdUp(world, from, to);
}

/** Whether a chassis has a tunnel port to another. Leaving in good order removes one's own, and the others' to oneself. */
export function hasTunnel(world: World, from: string, to: string): boolean {
  if (world.detached.size === 0) return true;
  return !world.detached.has(from) && !configuredIn(world, from).absent.has(to);
}

function overlayWorks({ failed }: World, left: string, right: string): boolean {
  const parts = [left, right];
  return !parts.some((one) => failed.overlays.has(one)) && !failed.pairs.has(pairKey(left, right));
}
