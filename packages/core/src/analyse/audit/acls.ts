import { formatRef } from '@berth/api';
import type { NbTables } from '@berth/ovn';
import type { Uuid } from '@berth/ovsdb/value';
import { finderOf, heldRows, rowsOf } from '../../fabric/tables.ts';
import type { Finding, ObjectRef } from '../../finding/finding.ts';
import { list } from '../../finding/list.ts';
import { finding } from '../../finding/make.ts';
import { nbRows } from '../../finding/row-id.ts';
import { deletingAcl } from '../filter/acl-cure.ts';
import { aclFault } from '../filter/acl-fault.ts';
import { type AclHolder, type AclRow, isStatefulSwitch, portsOn } from '../filter/acls.ts';
import type { ExternalFlow } from '../flow.ts';
import type { AuditedNetwork } from './network.ts';

/** ACLs that OVN leaves out, each once with the switches where it does: nothing is dropped there, and nothing let pass, that it is for. */
export function auditAcls(network: AuditedNetwork): readonly Finding[] {
  const { nb, north } = network;
  const rowOf = finderOf(nb, 'ACL');
  const portOf = finderOf(nb, 'Logical_Switch_Port');
  const groups = new Map([...rowsOf(nb, 'Port_Group')].map((group) => [group.name, group]));
  const held = new Map<Uuid, LeftOut>();
  for (const row of rowsOf(nb, 'Logical_Switch')) {
    const here = [...groups.values()].filter(
      ({ acls, ports }) => acls.size > 0 && [...ports].some((port) => row.ports.has(port)),
    );
    const own = [
      { holder: { kind: 'switch', name: row.name } as const, rows: heldRows(row.acls, rowOf) },
      ...here.map(({ name, acls }) => ({
        holder: { kind: 'port group', name } as const,
        rows: heldRows(acls, rowOf),
      })),
    ];
    const rows = own.flatMap((each) => each.rows);
    if (rows.length === 0) continue;
    const sets = { ...north.sets, ports: portsOn(row, groups, portOf) };
    const place = { sets, isStateful: isStatefulSwitch(row, rows) };
    for (const { holder, rows: some } of own) {
      for (const acl of some) {
        const fault = aclFault(acl, place, (name) => groups.has(name));
        if (fault === undefined) continue;
        const known = held.get(acl._uuid) ?? { acl, holder, fault, beside: some, on: [] };
        held.set(acl._uuid, { ...known, on: [...known.on, row] });
      }
    }
  }
  const users = held.size === 0 ? new Map<Uuid, readonly ObjectRef[]>() : usersOf(network);
  return [...held.values()].map((each) => leftOut(each, users));
}

type LeftOut = {
  readonly acl: AclRow;
  readonly holder: AclHolder;
  readonly fault: string;
  /** The ACLs of its holder. */
  readonly beside: readonly AclRow[];
  readonly on: readonly NbTables['Logical_Switch'][];
};

function leftOut(
  { acl, holder, fault, beside, on }: LeftOut,
  users: ReadonlyMap<Uuid, readonly ObjectRef[]>,
): Finding {
  const { direction, priority, match, action } = acl;
  const isGroup = holder.kind === 'port group';
  const where = isGroup ? ` on switch ${list(on.map(({ name }) => name))}` : '';
  const related = on.flatMap(({ _uuid }) => users.get(_uuid) ?? []);
  return finding('acl-ignored', {
    object: { kind: isGroup ? 'Port_Group' : 'Logical_Switch', name: holder.name },
    message: `OVN leaves out ACL ${direction} ${priority} (${match}) ${action} of ${holder.kind} ${holder.name}${where}: ${fault}`,
    cure: `Correct its match, or delete it: ${deletingAcl(holder, acl, beside)}`,
    related: [...new Map(related.map((each) => [formatRef(each), each])).values()],
    rows: nbRows('ACL', [acl]),
  });
}

/** The objects whose packets pass a switch. */
function usersOf({ flows, north }: AuditedNetwork): ReadonlyMap<Uuid, readonly ObjectRef[]> {
  const users = new Map<Uuid, ObjectRef[]>();
  for (const flow of flows) {
    const object = objectOf(flow);
    const inner = north.ports.get(flow.logicalPort ?? '')?.on;
    const outer = north.switchOf.get(flow.gatewayPort ?? '');
    for (const on of new Set([inner, outer])) {
      if (on === undefined) continue;
      const known = users.get(on);
      if (known) known.push(object);
      else users.set(on, [object]);
    }
  }
  return users;
}

/** The user's object where the row names it, else the row. */
function objectOf({ origins: [origin], target }: Pick<ExternalFlow, 'origins' | 'target'>): ObjectRef {
  return origin?.object ?? { kind: 'NAT', name: target.replace(/^nat\//, '') };
}
