import type { Finding } from '@berth/core';
import type { Listing } from '@berth/source';

/** A finding with its place in the user's files, where the source knows it. */
export function located(finding: Finding, { locate }: Pick<Listing, 'locate'>): Finding {
  if (finding.at || !finding.object) return finding;
  const at = locate(finding.object, finding.field);
  return at ? { ...finding, at } : finding;
}
