/** A chassis that does not go along with NB, how far it got, and since when. */
export type Standstill = { readonly done: number | undefined; readonly sinceMs: number };

/** Which chassis seem to stand still: those that are behind others, and those whose agents say so. */
export type Standing = {
  readonly behind: ReadonlyMap<string, number>;
  readonly reported: ReadonlySet<string>;
  /** How far each chassis got. */
  readonly done: ReadonlyMap<string, number>;
};

/**
 * Follows chassis that seem to stand still. One that is behind and gets on is only slow: its time begins anew. That of one whose agent says so
 * does not.
 */
export function followStandstill(
  before: ReadonlyMap<string, Standstill>,
  { behind, reported, done }: Standing,
  nowMs: number,
): ReadonlyMap<string, Standstill> {
  const names = new Set([...behind.keys(), ...reported]);
  return new Map(
    [...names].map((name) => {
      const known = before.get(name);
      const own = done.get(name);
      const isSame = known !== undefined && (reported.has(name) || known.done === own);
      return [name, { done: own, sinceMs: isSame ? known.sinceMs : nowMs }] as const;
    }),
  );
}

/** The chassis that have stood still for so long. */
export function stuckFor(
  standing: ReadonlyMap<string, Standstill>,
  ms: number,
  nowMs: number,
): ReadonlySet<string> {
  return new Set([...standing].flatMap(([name, { sinceMs }]) => (nowMs - sinceMs >= ms ? [name] : [])));
}
