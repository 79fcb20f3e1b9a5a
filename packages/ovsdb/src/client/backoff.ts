/** Pauses between attempts to connect. */
export type BackoffOptions = {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
};

/**
 * How long to wait before attempt `attempt` (counted from 0): twice as long each time up to the limit, of which a random part
 * between half and all is taken so that clients of one server do not come back together. `random` is in [0, 1).
 */
export function backoffDelayMs(
  { minDelayMs, maxDelayMs }: BackoffOptions,
  attempt: number,
  random: number,
): number {
  const ceiling = Math.min(maxDelayMs, minDelayMs * 2 ** Math.min(attempt, 30));
  return Math.round(ceiling * (0.5 + random / 2));
}
