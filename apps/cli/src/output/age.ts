/** A unit, how many seconds it has, from when on it is used, and until when the next smaller one is shown beside it. */
const units = [
  { sign: 'y', seconds: 31_536_000, from: 2, beside: { sign: 'd', seconds: 86_400, until: 8 } },
  { sign: 'd', seconds: 86_400, from: 2, beside: { sign: 'h', seconds: 3_600, until: 8 } },
  { sign: 'h', seconds: 3_600, from: 3, beside: { sign: 'm', seconds: 60, until: 8 } },
  { sign: 'm', seconds: 60, from: 2, beside: { sign: 's', seconds: 1, until: 10 } },
] as const;

/** How long something has been there, in kubectl's short form: `45s`, `5m10s`, `3h`, `2d4h`, `1y`. */
export function ageText(sinceTime: string | undefined, nowMs: number): string {
  const sinceMs = Date.parse(sinceTime ?? '');
  if (Number.isNaN(sinceMs)) return '<unknown>';
  const seconds = Math.max(0, Math.floor((nowMs - sinceMs) / 1000));
  const unit = units.find((each) => seconds >= each.from * each.seconds);
  if (!unit) return `${seconds}s`;
  const count = Math.floor(seconds / unit.seconds);
  const rest = Math.floor((seconds % unit.seconds) / unit.beside.seconds);
  const shown = count < unit.beside.until && rest > 0 ? `${rest}${unit.beside.sign}` : '';
  return `${count}${unit.sign}${shown}`;
}
