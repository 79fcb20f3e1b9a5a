import { formatRef } from '@berth/api';
import type { NbTables } from '@berth/ovn';
import type { Uuid } from '@berth/ovsdb/value';
import { finderOf, firstRow, rowsOf } from '../../fabric/tables.ts';
import type { Finding, ObjectRef } from '../../finding/finding.ts';
import { list } from '../../finding/list.ts';
import { finding } from '../../finding/make.ts';
import { nbRows } from '../../finding/row-id.ts';
import type { NamedSets } from '../../match/named-sets.ts';
import { parse } from '../../match/parse.ts';
import { wordsOf } from '../../match/tokens.ts';
import { perText } from '../../memo/per-text.ts';
import { deletingAcl } from '../filter/acl-cure.ts';
import { aclFault } from '../filter/acl-fault.ts';
import { isStatefulSwitch } from '../filter/acls.ts';
import { type AclHolder, type AclRow, aclText, heldAcls } from '../filter/held-acls.ts';
import { objectOf } from '../flows/marks.ts';
import { push } from '../push.ts';
import type { AuditedNetwork } from './network.ts';

/** ACLs that OVN leaves out, each once with the switches where it does: nothing is dropped there, and nothing let pass, that it is for. */
export function auditAcls(network: AuditedNetwork): readonly Finding[] {
  const { nb, north } = network;
  if (firstRow(nb, 'ACL') === undefined) return [];
  const rowOf = finderOf(nb, 'ACL');
  const groups = groupsBySwitch(nb);
  const faultOf = rememberedFaults(
    north.sets,
    new Set([...rowsOf(nb, 'Port_Group')].map(({ name }) => name)),
  );
  const held = new Map<Uuid, LeftOut>();
  for (const row of rowsOf(nb, 'Logical_Switch')) {
    const here = groups.get(row._uuid) ?? [];
    const own = heldAcls(row, here, rowOf);
    const present = new Set(here.map(({ name }) => name));
    const isStateful = isStatefulSwitch(
      row,
      own.flatMap(({ rows }) => rows),
    );
    for (const { holder, rows: beside } of own) {
      for (const acl of beside) {
        const fault = faultOf(acl, present, isStateful);
        if (fault === undefined) continue;
        const known = held.get(acl._uuid) ?? { acl, holder, fault, beside, on: [] };
        held.set(acl._uuid, { ...known, on: [...known.on, row] });
      }
    }
  }
  const users = held.size === 0 ? new Map<Uuid, readonly ObjectRef[]>() : usersOf(network);
  return [...held.values()].map((each) => leftOut(each, users));
}

type Group = NbTables['Port_Group'];

/** The port groups that have a port on a switch, by its row. */
function groupsBySwitch(nb: AuditedNetwork['nb']): ReadonlyMap<Uuid, readonly Group[]> {
  const switchOf = new Map<Uuid, Uuid>();
  for (const { _uuid, ports } of rowsOf(nb, 'Logical_Switch'))
    for (const port of ports) switchOf.set(port, _uuid);
  const groups = new Map<Uuid, Group[]>();
  for (const group of rowsOf(nb, 'Port_Group')) {
    for (const on of new Set([...group.ports].flatMap((port) => switchOf.get(port) ?? [])))
      push(groups, on, group);
  }
  return groups;
}

type FaultOf = (acl: AclRow, present: ReadonlySet<string>, isStateful: boolean) => string | undefined;

/** Why OVN leaves out an ACL where these groups are `present`, reckoned once for all switches that are alike to it. */
function rememberedFaults(sets: NamedSets, all: ReadonlySet<string>): FaultOf {
  const read = perText((match) => ({ parsed: parse(match), groups: wordsOf(match, 'group') }));
  const known = new Map<string, string | undefined>();
  return ({ match, action }, present, isStateful) => {
    const { parsed, groups } = read(match);
    const key = JSON.stringify([match, action, isStateful, groups.map((name) => present.has(name))]);
    if (!known.has(key)) {
      const ports = (name: string): readonly string[] | undefined => (present.has(name) ? [name] : undefined);
      const place = { sets: { ...sets, ports }, isStateful };
      known.set(
        key,
        aclFault({ action, parsed }, place, (name) => all.has(name)),
      );
    }
    return known.get(key);
  };
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
  const isGroup = holder.kind === 'port group';
  const where = isGroup ? ` on switch ${list(on.map(({ name }) => name))}` : '';
  const related = on.flatMap(({ _uuid }) => users.get(_uuid) ?? []);
  return finding('acl-ignored', {
    object: { kind: isGroup ? 'Port_Group' : 'Logical_Switch', name: holder.name },
    message: `OVN leaves out ${aclText(acl, holder)}${where}: ${fault}`,
    cure: `correct its match, or delete it: ${deletingAcl(holder, acl, beside)}`,
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
    for (const on of new Set([inner, outer])) if (on !== undefined) push(users, on, object);
  }
  return users;
}
