import type { Uuid } from '@berth/ovsdb/value';
import type { DesiredRow } from '../compile/row.ts';
import { givenBackRows } from '../fabric/given-back.ts';
import type { Finding } from '../finding/finding.ts';
import { type Clash, clash, waitsFor } from './clash.ts';
import { givenBack } from './given-back.ts';
import type { Left, Matching, PlanInput } from './match.ts';
import { type ObservedRow, ownerOf } from './observed.ts';

/**
 * What is told of desired rows that are not matched: what is in the way of them, where an adoption leaves it (`left`) why it does, and which rules wait
 * because of it.
 */
export function toldUnmatched(
  { matched, unmatched }: Pick<Matching, 'matched' | 'unmatched'>,
  { db, observed }: Pick<PlanInput, 'db' | 'observed'>,
  left: Left,
): readonly Finding[] {
  const given = givenBackRows(observed);
  // Of rows that clash, and of those they would hold, by desired UUID.
  const inTheWay = new Map<Uuid, Clash>();
  const findings: Finding[] = [];
  for (const { desired, clashing, isOwn } of unmatched) {
    const { uuid, parent } = desired;
    const why = clashing
      ? whyNotOurs(desired, clashing, { db, given, left })
      : parent && inTheWay.get(parent.uuid);
    if (!why) continue;
    inTheWay.set(uuid, why);
    if (clashing) findings.push(...(isMember(clashing, matched) ? [] : [why.finding]));
    // One that is there already works as it does.
    else if (!isOwn) findings.push(...waitsFor(desired, why));
  }
  return findings;
}

/** What is told of a row of somebody else in the place of one of ours. */
function whyNotOurs(
  desired: DesiredRow,
  found: ObservedRow,
  { db, given, left }: Pick<PlanInput, 'db'> & { readonly given: ReadonlySet<Uuid>; readonly left: Left },
): Clash {
  const { _uuid: uuid } = found.row;
  const flows = left.get(uuid);
  const isGiven = flows === undefined && ownerOf(found.row) === undefined && given.has(uuid);
  return isGiven ? givenBack(desired, found, { db }) : clash(desired, found, { db, flows });
}

/** Whether a row is a member of a gateway group of ours, of which `foreignMembers` tells. */
function isMember({ table, parents }: ObservedRow, matched: Matching['matched']): boolean {
  return (
    table === 'Gateway_Chassis' &&
    [...matched.values()].some(({ uuid }) => parents.some((each) => each.uuid === uuid))
  );
}
