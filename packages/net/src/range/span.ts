/** A run of numbers, both ends part of it. */
export type Span = { readonly first: bigint; readonly last: bigint };

/** Ascending, disjoint and not touching: the one normal form of a set of numbers. */
export type Spans = readonly Span[];

/** Brings any runs into normal form. */
export function normalize(spans: Iterable<Span>): Spans {
  const sorted = [...spans].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const merged: Span[] = [];
  for (const span of sorted) {
    const previous = merged.at(-1);
    if (previous && span.first <= previous.last + 1n) {
      if (span.last > previous.last) merged[merged.length - 1] = { first: previous.first, last: span.last };
    } else {
      merged.push(span);
    }
  }
  return merged;
}

/** The run that holds a number, found by halving. */
export function spanAt(spans: Spans, value: bigint): Span | undefined {
  const span = spans[firstEndingAt(spans, value)];
  return span && span.first <= value ? span : undefined;
}

/** The set with one number more. */
export function insert(spans: Spans, value: bigint): Spans {
  const index = firstEndingAt(spans, value);
  const [before, after] = [spans[index - 1], spans[index]];
  if (after && after.first <= value) return spans;
  const joinsBefore = before?.last === value - 1n;
  const joinsAfter = after?.first === value + 1n;
  const joined = {
    first: joinsBefore && before ? before.first : value,
    last: joinsAfter && after ? after.last : value,
  };
  return spans.toSpliced(index - (joinsBefore ? 1 : 0), (joinsBefore ? 1 : 0) + (joinsAfter ? 1 : 0), joined);
}

/** Index of the first run that ends at or after a number; the length when there is none. */
function firstEndingAt(spans: Spans, value: bigint): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const span = spans[middle];
    if (span && span.last < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What is in `spans` and not in `without`. */
export function subtract(spans: Spans, without: Spans): Spans {
  const left: Span[] = [];
  let next = 0;
  for (const { first, last } of spans) {
    let from = first;
    while (next < without.length && (without[next]?.last ?? 0n) < from) next += 1;
    for (let index = next; index < without.length; index += 1) {
      const hole = without[index];
      if (!hole || hole.first > last) break;
      if (hole.first > from) left.push({ first: from, last: hole.first - 1n });
      from = hole.last + 1n;
    }
    if (from <= last) left.push({ first: from, last });
  }
  return left;
}

/** How many numbers there are. */
export function sizeOf(spans: Spans): bigint {
  return spans.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
}
