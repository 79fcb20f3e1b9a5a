/**
 * Since when addresses are told to live on elsewhere, by their keys, on a clock that never goes back. What there is at the first look may have been
 * for any time, and counts at once.
 */
export function followLingering(
  before: ReadonlyMap<string, number> | undefined,
  keys: readonly string[],
  nowMs: number,
): ReadonlyMap<string, number> {
  return new Map(keys.map((key) => [key, before ? (before.get(key) ?? nowMs) : Number.NEGATIVE_INFINITY]));
}

/** Those that have not been for so long. */
export function newerThan(
  since: ReadonlyMap<string, number>,
  ms: number,
  nowMs: number,
): ReadonlySet<string> {
  return new Set([...since].flatMap(([key, atMs]) => (nowMs - atMs < ms ? [key] : [])));
}
