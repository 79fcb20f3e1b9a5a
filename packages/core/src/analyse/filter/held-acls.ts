import type { NbTables } from '@berth/ovn';
import type { Uuid } from '@berth/ovsdb/value';
import { heldRows } from '../../fabric/tables.ts';

export type AclRow = NbTables['ACL'];

/** The row that has an ACL among its `acls`. */
export type AclHolder = { readonly kind: 'switch' | 'port group'; readonly name: string };

/** The ACLs of one holder. */
export type HeldAcls = { readonly holder: AclHolder; readonly rows: readonly AclRow[] };

/** The ACLs that count on a switch: its own, and those of the port groups that have a port there. */
export function heldAcls(
  on: NbTables['Logical_Switch'],
  groups: readonly NbTables['Port_Group'][],
  aclOf: (uuid: Uuid) => AclRow | undefined,
): readonly HeldAcls[] {
  return [on, ...groups].map(({ name, acls }, place) => ({
    holder: { kind: place === 0 ? 'switch' : 'port group', name },
    rows: heldRows(acls, aclOf),
  }));
}

/** A row as a person names it: `to-lport 1000 ip4`. */
export function aclName({ direction, priority, match }: AclRow): string {
  return `${direction} ${priority} ${match}`;
}

/** The same with what it does and where it is, within a sentence: `ACL to-lport 1000 (ip4) drop of switch s1`. */
export function aclText({ direction, priority, match, action }: AclRow, { kind, name }: AclHolder): string {
  return `ACL ${direction} ${priority} (${match}) ${action} of ${kind} ${name}`;
}
