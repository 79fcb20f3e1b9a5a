/** A chassis that does not go along with NB, how far it got, and since when. */
export type Standstill = {
  readonly done: number | undefined;
  readonly sinceMs: number;
  /** Whether it counts once it has lasted: the last word of an agent that is silent keeps what counts already, and no more. */
  readonly mayCount: boolean;
  /** The router ports that had learned of a neighbour when that began; undefined where SB is read without. */
  readonly learned: ReadonlySet<string> | undefined;
};

/** Which chassis seem to stand still: those that are behind others, and those whose agents say so, or said so last and are silent since. */
export type Standing = {
  readonly behind: ReadonlyMap<string, number>;
  /** Those whose agents say that they follow: merely slow, as long as they say so. */
  readonly running: ReadonlySet<string>;
  readonly reported: ReadonlySet<string>;
  readonly lastSaid: ReadonlySet<string>;
  /** Those that counted when it was looked last. */
  readonly stuck: ReadonlySet<string>;
  /** How far each chassis got. */
  readonly done: ReadonlyMap<string, number>;
  /** The router ports that have learned of a neighbour, as SB has it. */
  readonly learned: ReadonlySet<string> | undefined;
};

/**
 * Follows chassis that seem to stand still. One that is behind and gets on is only slow: its time begins anew. That of one whose agent says so
 * does not.
 */
export function followStandstill(
  before: ReadonlyMap<string, Standstill>,
  { behind, running, reported, lastSaid, stuck, done, learned }: Standing,
  nowMs: number,
): ReadonlyMap<string, Standstill> {
  const said = new Set([...reported, ...lastSaid]);
  const names = new Set([...behind.keys(), ...said]);
  return new Map(
    [...names].map((name) => {
      const known = before.get(name);
      const own = done.get(name);
      const isBehind = behind.has(name) && !running.has(name);
      const mayCount = isBehind || reported.has(name) || (lastSaid.has(name) && stuck.has(name));
      const isSame = known !== undefined && (said.has(name) || known.done === own);
      // What only rows tell begins when they do.
      const isNew = known?.mayCount === false && mayCount && !reported.has(name);
      const sinceMs = isSame && !isNew ? known.sinceMs : nowMs;
      return [name, { done: own, sinceMs, mayCount, learned: isSame ? known.learned : learned }] as const;
    }),
  );
}

/** The chassis that have stood still for so long. */
export function stuckFor(
  standing: ReadonlyMap<string, Standstill>,
  ms: number,
  nowMs: number,
): ReadonlySet<string> {
  return new Set(
    [...standing].flatMap(([name, { sinceMs, mayCount }]) =>
      mayCount && nowMs - sinceMs >= ms ? [name] : [],
    ),
  );
}
