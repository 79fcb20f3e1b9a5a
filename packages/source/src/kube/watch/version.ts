/**
 * Whether a resourceVersion is older than another, or the same. Within one kind they rise with every change and may be
 * compared as numbers (KEP-5504); one that is no number counts as new.
 */
export function isNoNewerThan(version: string, other: string): boolean {
  if (!isNumber(version) || !isNumber(other)) return version === other;
  return BigInt(version) <= BigInt(other);
}

/** The later of two. */
export function laterOf(version: string, other: string): string {
  return isNoNewerThan(version, other) ? other : version;
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}
