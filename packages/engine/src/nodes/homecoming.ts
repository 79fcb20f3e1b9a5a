/** For how many times its silence a chassis that is back from the dead is given more time: its machine has everything to do at once. */
const settling = 2;

/** What is known of the dead: those of the last look and of now, who is heard of, and since when others are back. */
type Signs = {
  readonly back: ReadonlyMap<string, number>;
  readonly wereOut: Iterable<string>;
  readonly dead: { has(name: string): boolean };
  readonly heard: ReadonlySet<string>;
};

/** Since when chassis are back from the dead, by name: from when they are heard of again until they die anew. */
export function followReturns(
  { back, wereOut, dead, heard }: Signs,
  nowMs: number,
): ReadonlyMap<string, number> {
  const came = [...wereOut].flatMap((name) => (heard.has(name) ? [[name, nowMs] as const] : []));
  return new Map([...back, ...came].filter(([name]) => !dead.has(name)));
}

/** How much longer than others a chassis may be without a sign of life before it is silent. */
type Patience = { readonly silentMs: number; readonly moreMs: number; readonly nowMs: number };

/** After how long without a sign of life a chassis is silent that is back since then. */
export function silenceOf(sinceMs: number | undefined, { silentMs, moreMs, nowMs }: Patience): number {
  const isSettling = sinceMs !== undefined && nowMs - sinceMs < settling * silentMs;
  return isSettling ? silentMs + moreMs : silentMs;
}
