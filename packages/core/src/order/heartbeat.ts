/** How often an agent gives a sign of life that was asked for nothing else, in ms. */
export const defaultHeartbeatMs = 1_000;

/** Signs of life of all agents together that the board is to bear, per second. */
const beatsPerSecond = 50;

/** The rates there are: few, so that one more node does not change the order of all the others. */
const ratesMs = [defaultHeartbeatMs, 2_000, 5_000, 10_000] as const;

/**
 * How often each agent of a network of so many nodes is to give a sign of life, in ms: every second up to 50 nodes, then
 * as seldom as keeps all together at 50 a second, and never less than every 10 s, as kubelet renews its Lease.
 */
export function heartbeatOf(nodes: number): number {
  return ratesMs.find((ms) => (nodes * 1_000) / ms <= beatsPerSecond) ?? 10_000;
}
