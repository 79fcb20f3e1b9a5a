import type { NbTables } from '@berth/ovn';
import { isAlternatives, matchFault } from '../../match/fault.ts';
import type { NamedSets } from '../../match/named-sets.ts';
import type { Parsed } from '../../match/parse.ts';
import { isNever } from './match.ts';

/** A switch, as far as it decides what becomes of a match. */
export type AclPlace = {
  readonly sets: NamedSets;
  /** Whether it follows connections. */
  readonly isStateful: boolean;
};

/** An ACL, as far as that decides: what it does, and its match. */
export type AclMatch = Pick<NbTables['ACL'], 'action'> & { readonly parsed: Parsed };

/**
 * Why OVN leaves out an ACL on a switch, as a clause; undefined where it does not, and where the ACL could take no packet there anyway: what asks for
 * a port of a group that has none on that switch.
 */
export function aclFault(
  acl: AclMatch,
  place: AclPlace,
  hasGroup: (name: string) => boolean,
): string | undefined {
  const fault = matchFault(acl.parsed, place.sets);
  if (fault === undefined) {
    return isJoinedOtherwise(acl, place)
      ? 'northd 23.03 puts a condition before a reject and no parentheses around it, and && and || meet'
      : undefined;
  }
  const ports = (name: string): readonly string[] | undefined =>
    place.sets.ports(name) ?? (hasGroup(name) ? [] : undefined);
  return isNever(acl.parsed, { ...place.sets, ports }) ? undefined : fault;
}

/** Whether northd makes of a match what is none: tried with 23.03, of whose successors none does it. */
export function isJoinedOtherwise({ action, parsed }: AclMatch, { sets, isStateful }: AclPlace): boolean {
  return action === 'reject' && isStateful && !sets.isNewer && isAlternatives(parsed);
}
