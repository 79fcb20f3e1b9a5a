import type { NbTables } from '@berth/ovn';
import type { Snapshot, Uuid } from '@berth/ovsdb/value';
import { finderOf, firstRow, heldRows, rowsOf } from '../../fabric/tables.ts';
import type { NamedSets } from '../../match/named-sets.ts';
import { type Parsed, parse } from '../../match/parse.ts';
import { perText } from '../../memo/per-text.ts';
import { type AclPlace, isJoinedOtherwise } from './acl-fault.ts';
import { type AclHolder, type AclRow, heldAcls } from './held-acls.ts';
import { type Match, matchOf, unusable } from './match.ts';

/** Where a switch looks at its ACLs: those for packets from a port in two places (ovn-nb(5), ACL options:apply-after-lb). */
const aclStages = ['from-lport', 'from-lport-after-lb', 'to-lport'] as const;
export type AclStage = (typeof aclStages)[number];

export type AclRule = Match & {
  readonly row: AclRow;
  readonly takes: boolean;
  readonly holder: AclHolder;
};

/** The ACLs that decide about packets of a switch, its own and those of port groups that have a port on it. */
export type SwitchAcls = {
  readonly name: string;
  readonly row: Uuid;
  /** In the order in which they are asked. */
  readonly stages: Readonly<Record<AclStage, readonly AclRule[]>>;
  /** Whether replies are let through because of the request (ovn-nb(5), ACL action allow-related). */
  readonly isStateful: boolean;
  /** Whether a match asks what conntrack says of a packet. */
  readonly asksConntrack: boolean;
  /** Whether what no ACL is for is dropped (ovn-nb(5), NB_Global options:default_acl_drop). */
  readonly dropsRest: boolean;
};

/** Finds the ACLs of a switch by its row; undefined where none of them can take a packet. */
export function aclsOf(
  nb: Snapshot<NbTables>,
  { addresses, isNewer }: Pick<NamedSets, 'addresses' | 'isNewer'>,
): (on: Uuid | undefined) => SwitchAcls | undefined {
  const dropsRest = firstRow(nb, 'NB_Global')?.options?.get('default_acl_drop') === 'true';
  if (!dropsRest && ![...rowsOf(nb, 'ACL')].some((row) => takes(row) || isStateless(row)))
    return () => undefined;
  const aclOf = finderOf(nb, 'ACL');
  const switchOf = finderOf(nb, 'Logical_Switch');
  const portOf = finderOf(nb, 'Logical_Switch_Port');
  const allGroups = new Map([...rowsOf(nb, 'Port_Group')].map((group) => [group.name, group]));
  const groups = [...allGroups.values()].filter(({ acls }) => acls.size > 0);
  const parsedOf = perText(parse);
  const read = (on: Uuid): SwitchAcls | undefined => {
    const row = switchOf(on);
    if (row === undefined) return undefined;
    const own = groups.filter(({ ports }) => [...ports].some((port) => row.ports.has(port)));
    const held = heldAcls(row, own, aclOf);
    const rows = held.flatMap((each) => each.rows);
    if (!rows.some(takes) && !rows.some(isStateless) && !(dropsRest && rows.length > 0)) return undefined;
    const ports = portsOn(row, allGroups, portOf);
    const place = { sets: { addresses, ports, isNewer }, isStateful: isStatefulSwitch(row, rows) };
    const rules = held
      .flatMap((each) => each.rows.map((acl) => ruleOf(acl, parsedOf(acl.match), each.holder, place)))
      .sort((left, right) => tierOf(left.row) - tierOf(right.row) || right.row.priority - left.row.priority);
    return {
      name: row.name,
      row: on,
      stages: {
        'from-lport': rules.filter((rule) => stageOf(rule) === 'from-lport'),
        'from-lport-after-lb': rules.filter((rule) => stageOf(rule) === 'from-lport-after-lb'),
        'to-lport': rules.filter((rule) => stageOf(rule) === 'to-lport'),
      },
      isStateful: place.isStateful,
      asksConntrack: rules.some(({ comparisons }) =>
        comparisons.some(({ symbol }) => /\bct[._]/.test(symbol)),
      ),
      dropsRest,
    };
  };
  const readOnce = perText(read);
  return (on) => (on === undefined ? undefined : readOnce(on));
}

/**
 * What `@name` is on a switch. northd gives it of each port group its own ports and, where that has none there, no such set (ovn-sb(5),
 * Port_Group name): what names it is then no match, and ovn-controller leaves out the whole rule.
 */
function portsOn(
  { ports: own }: NbTables['Logical_Switch'],
  groups: ReadonlyMap<string, NbTables['Port_Group']>,
  portOf: (uuid: Uuid) => { readonly name: string } | undefined,
): NamedSets['ports'] {
  return (name) => {
    const ports = [...(groups.get(name)?.ports ?? [])].filter((port) => own.has(port));
    const here = heldRows(ports, portOf);
    return here.length === 0 ? undefined : here.map((port) => port.name);
  };
}

/** Whether a switch follows connections, for which northd puts conditions of its own before matches. */
export function isStatefulSwitch(
  { load_balancer, load_balancer_group }: NbTables['Logical_Switch'],
  acls: readonly AclRow[],
): boolean {
  if (acls.some(({ action }) => action === 'allow-related')) return true;
  return (load_balancer?.size ?? 0) > 0 || (load_balancer_group?.size ?? 0) > 0;
}

function ruleOf(row: AclRow, parsed: Parsed, holder: AclHolder, place: AclPlace): AclRule {
  const isLeftOut = isJoinedOtherwise({ action: row.action, parsed }, place);
  const match = isLeftOut ? unusable : matchOf(parsed, place.sets);
  return { ...match, row, takes: takes(row), holder };
}

/** Whether a row takes packets away, or may: what newer releases have beside the known actions is not read. */
function takes({ action }: { readonly action: string }): boolean {
  return !action.startsWith('allow') && action !== 'pass';
}

/** Whether a row keeps what it lets pass from conntrack: replies that are not kept from it are of no connection there. */
export function isStateless({ action }: { readonly action: string }): boolean {
  return action === 'allow-stateless';
}

/** When a rule is asked: those of a lower tier before (ovn-nb(5), ACL tier; of releases without the column all at once). */
export function tierOf(row: AclRow): number {
  return 'tier' in row && typeof row.tier === 'number' ? row.tier : 0;
}

/** The place at which a rule is asked. */
export function stageOf({ row: { direction, options } }: Pick<AclRule, 'row'>): AclStage {
  if (direction === 'to-lport') return direction;
  return options?.get('apply-after-lb') === 'true' ? 'from-lport-after-lb' : 'from-lport';
}
