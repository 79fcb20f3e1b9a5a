/** A claim of a gateway port, and since when it is as it is. */
export type HeldClaim = {
  /** The chassis whose claim held long enough last; undefined before the first. */
  readonly held: string | undefined;
  /** Who claims it now. */
  readonly claims: string | undefined;
  readonly sinceMs: number;
  /** Whether it has been as it is for long enough. */
  readonly isSettled: boolean;
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
    const fresh = { claims: chassis, sinceMs: nowMs, isSettled: false };
    if (!known) after.set(port, { ...fresh, held: chassis });
    else if (known.claims !== chassis) after.set(port, { ...fresh, held: known.held });
    else {
      const hasHeld = nowMs - known.sinceMs >= holdMs;
      after.set(port, hasHeld ? { ...known, held: chassis, isSettled: true } : known);
    }
  }
  for (const [port, known] of before) {
    if (claims.has(port)) continue;
    const none = { held: known.held, claims: undefined, sinceMs: nowMs, isSettled: false };
    after.set(port, known.claims === undefined ? known : none);
  }
  return after;
}

/** When the next claim will have held long enough, ms on the same clock; undefined when none is waiting. */
export function nextHoldMs(claims: ReadonlyMap<string, HeldClaim>, holdMs: number): number | undefined {
  const waiting = [...claims.values()].filter(
    ({ claims: now, isSettled }) => now !== undefined && !isSettled,
  );
  return waiting.length === 0 ? undefined : Math.min(...waiting.map(({ sinceMs }) => sinceMs + holdMs));
}
