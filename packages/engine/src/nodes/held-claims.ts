/** A claim of a gateway port, and since when it is as it is. */
export type HeldClaim = {
  /** The chassis whose claim held long enough last; undefined before the first. */
  readonly held: string | undefined;
  /** Who claims it now. */
  readonly claims: string | undefined;
  readonly sinceMs: number;
};

/**
 * Follows claims of gateway ports: a new one counts once it has stood for `holdMs`, so that an order does not run after a
 * gateway that flaps. The first claim seen of a port counts at once, for nobody knows how long it has stood.
 */
export function followClaims(
  before: ReadonlyMap<string, HeldClaim>,
  claims: ReadonlyMap<string, string>,
  nowMs: number,
  holdMs: number,
): ReadonlyMap<string, HeldClaim> {
  const after = new Map<string, HeldClaim>();
  for (const [port, chassis] of claims) {
    const known = before.get(port);
    if (!known) after.set(port, { held: chassis, claims: chassis, sinceMs: nowMs });
    else if (known.claims !== chassis) after.set(port, { ...known, claims: chassis, sinceMs: nowMs });
    else after.set(port, nowMs - known.sinceMs >= holdMs ? { ...known, held: chassis } : known);
  }
  for (const [port, known] of before) {
    if (claims.has(port)) continue;
    after.set(port, known.claims === undefined ? known : { ...known, claims: undefined, sinceMs: nowMs });
  }
  return after;
}

/** When the next claim will have held long enough, ms on the same clock; undefined when none is waiting. */
export function nextHoldMs(claims: ReadonlyMap<string, HeldClaim>, holdMs: number): number | undefined {
  const waiting = [...claims.values()].filter(({ held, claims: now }) => now !== undefined && now !== held);
  return waiting.length === 0 ? undefined : Math.min(...waiting.map(({ sinceMs }) => sinceMs + holdMs));
}
