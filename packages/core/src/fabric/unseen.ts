import type { NodeHealth } from './fabric.ts';

/** Whether a tunnel sees a chassis: one of the nodes that are heard of watches it by BFD, and sees it up. */
export function isSeen(chassis: string, heard: Iterable<NodeHealth>): boolean {
  return [...heard].some(({ tunnels }) => tunnels?.get(chassis) === true);
}

/**
 * Whether no tunnel sees a chassis: at least one of the nodes that are heard of watches it by BFD, and all that do see it down. What one sees to
 * which the chassis is a stranger (`isStrangerTo`) is no sign.
 */
export function isUnseen(
  chassis: string,
  heard: Iterable<NodeHealth>,
  isStranger: (other: string) => boolean = () => false,
): boolean {
  const views = [...heard].flatMap(({ chassis: by, tunnels }) => {
    const isUp = tunnels?.get(chassis);
    const isNoSign = isUp === undefined || (!isUp && by !== undefined && isStranger(by));
    return isNoSign ? [] : [isUp];
  });
  return views.length > 0 && !views.includes(true);
}
