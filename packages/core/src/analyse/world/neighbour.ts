import { controllerRuns, type World } from './world.ts';

/** Of which IP version an address is. */
export type Family = 4 | 6;

/**
 * Whether a chassis answers those that ask who has an address of its. ARP is answered by flows alone. Neighbour discovery
 * is answered by ovn-controller (ovn-sb(5), the action `nd_na`), with or without SB.
 */
export function answersNeighbours(world: World, chassis: string, family: Family): boolean {
  return family === 4 || controllerRuns(world, chassis) || world.hanging.has(chassis);
}
