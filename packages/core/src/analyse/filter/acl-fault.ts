import type { NbTables } from '@berth/ovn';
import { isNever } from './match.ts';
import { matchFault, type NamedSets } from './match-fault.ts';

/** A switch, as far as it decides what becomes of a match. */
export type AclPlace = {
  readonly sets: NamedSets;
  /** Whether it follows connections. */
  readonly isStateful: boolean;
};

type Row = Pick<NbTables['ACL'], 'action' | 'match'>;

/**
 * Why OVN leaves out an ACL on a switch, as a clause; undefined where it does not, and where the ACL could take no packet there anyway: what asks for
 * a port of a group that has none on that switch.
 */
export function aclFault(row: Row, place: AclPlace, hasGroup: (name: string) => boolean): string | undefined {
  const fault = matchFault(row.match, place.sets);
  if (fault === undefined) {
    return isJoinedOtherwise(row, place)
      ? 'northd 23.03 puts a condition before a reject and no parentheses around it, and && and || meet'
      : undefined;
  }
  const ports = (name: string): readonly string[] | undefined =>
    place.sets.ports(name) ?? (hasGroup(name) ? [] : undefined);
  return isNever(row.match, { ...place.sets, ports }) ? undefined : fault;
}

/** Whether northd makes of a match that is none what is none: tried with 23.03, of whose successors none does it. */
export function isJoinedOtherwise({ action, match }: Row, { sets, isStateful }: AclPlace): boolean {
  if (action !== 'reject' || !isStateful || sets.isNewer) return false;
  return matchFault(match, sets) === undefined && matchFault(match, sets, true) !== undefined;
}
