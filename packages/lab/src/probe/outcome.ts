/** A run of packets without an answer. */
export type Outage = {
  /** The first and the last packet that was lost, counted from 1. */
  readonly fromSequence: number;
  readonly toSequence: number;
  readonly lost: number;
  /** From when the first lost packet was sent until the next answered one was. */
  readonly durationMs: number;
};

export type PingResult = {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  /** Second and further answers to one request: more than one place answers. */
  readonly duplicates: number;
  /** The longest outage; 0 when nothing was lost. */
  readonly longestGapMs: number;
  readonly outages: readonly Outage[];
  /** Other addresses than the one that was asked which answered in its place; their answers count as none. */
  readonly strangers: readonly string[];
  /** Why the place that pings could send nothing, in its kernel's words: it has no route. Absent where packets left. */
  readonly unsent?: string;
};

/** An answer as it came: to which request, and when that request was sent. */
export type Answer = { readonly sequence: number; readonly sentMs: number };

/** Adds up answers to `sent` requests that left every `intervalMs`. */
export function pingResult(
  answers: readonly Answer[],
  sent: number,
  intervalMs: number,
  strangers: readonly string[] = [],
): PingResult {
  const first = new Map<number, number>();
  for (const { sequence, sentMs } of answers) if (!first.has(sequence)) first.set(sequence, sentMs);
  const answered = [...first].sort(([a], [b]) => a - b);
  const outages: Outage[] = [];
  let last: { readonly sequence: number; readonly sentMs: number } | undefined;
  const close = (until: number, sentMs: number | undefined) => {
    const fromSequence = (last?.sequence ?? 0) + 1;
    const lost = until - fromSequence;
    if (lost <= 0) return;
    const between =
      last === undefined || sentMs === undefined ? undefined : sentMs - last.sentMs - intervalMs;
    const durationMs = Math.round(Math.max(between ?? 0, lost * intervalMs));
    outages.push({ fromSequence, toSequence: until - 1, lost, durationMs });
  };
  for (const [sequence, sentMs] of answered) {
    close(sequence, sentMs);
    last = { sequence, sentMs };
  }
  close(sent + 1, undefined);
  return {
    sent,
    received: first.size,
    lost: sent - first.size,
    duplicates: answers.length - first.size,
    longestGapMs: Math.max(0, ...outages.map(({ durationMs }) => durationMs)),
    outages,
    strangers,
  };
}
