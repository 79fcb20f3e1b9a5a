/**
 * For each item of a list its place in the list before, -1 where it was not in it. Items are told apart by identity. An item that is now in
 * another order with others may count as one that went and one that came. Sooner than by an index where only a few of thousands came, went or
 * changed, each by itself.
 */
export function formerPlaces<T extends object>(before: readonly T[], after: readonly T[]): Int32Array {
  const places = new Int32Array(after.length);
  let index: ReadonlyMap<T, number> | undefined;
  let next = 0;
  after.forEach((item, place) => {
    let found = next;
    if (before[next] !== item) {
      if (before[next + 1] === item) found = next + 1;
      else if (before[next] === after[place + 1]) found = -1;
      else if (before[next + 1] === after[place + 1]) {
        found = -1;
        next += 1;
      } else {
        index ??= new Map(before.map((each, at) => [each, at]));
        found = index.get(item) ?? -1;
      }
    }
    places[place] = found;
    if (found >= 0) next = found + 1;
  });
  return places;
}

/** What a list lost and what it gained since another one. */
export function differenceOf<T extends object>(
  before: readonly T[],
  after: readonly T[],
): { readonly gone: readonly T[]; readonly come: readonly T[] } {
  const places = formerPlaces(before, after);
  const come = after.filter((_, place) => places[place] === -1);
  if (come.length === 0 && before.length === after.length) return { gone: [], come };
  const kept = new Uint8Array(before.length);
  for (const place of places) if (place >= 0) kept[place] = 1;
  return { gone: before.filter((_, place) => kept[place] === 0), come };
}
