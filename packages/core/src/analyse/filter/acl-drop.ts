import type { Obstacle, PartialDrop, RowRef } from '../flow.ts';
import { cureFor, cureText } from './acl-cure.ts';
import type { AclFate, TakingRule } from './acl-fate.ts';
import type { AclRule, SwitchAcls } from './acls.ts';
import { aclName, aclText } from './held-acls.ts';
import type { Passage } from './passage.ts';

/** The rule by which all packets of a passage are dropped, and what to do about it. */
export function droppedBy(acls: SwitchAcls, passage: Passage, { by: [first] }: AclFate): Obstacle {
  if (first === undefined)
    return {
      reason: 'acl-drops',
      why: `no ACL of switch ${acls.name} lets it pass, and ${dropsRest}`,
      rows: [switchRef(acls)],
      cure: cureText([withoutDefault]),
    };
  const { rule } = first;
  return {
    reason: 'acl-drops',
    why: first.orphans
      ? `${aclText(rule.row, rule.holder)} ${orphaning}`
      : `${aclText(rule.row, rule.holder)}, and nothing before it lets it pass`,
    rows: [ruleRef(rule)],
    cure: cureText([cureFor(acls, passage, first)]),
  };
}

const dropsRest = 'default_acl_drop of NB_Global drops the rest';

const withoutDefault = {
  how: 'remove that option',
  command: 'ovn-nbctl remove NB_Global . options default_acl_drop',
} as const;

function switchRef({ name, row: uuid }: SwitchAcls): RowRef {
  return { db: 'NB', table: 'Logical_Switch', uuid, name };
}

function ruleRef({ row }: AclRule): RowRef {
  return { db: 'NB', table: 'ACL', uuid: row._uuid, name: aclName(row) };
}

/** The rules by which some packets of a passage are dropped. */
export function partOf(
  acls: SwitchAcls,
  passage: Passage,
  { by, dropsRest }: AclFate,
): readonly PartialDrop[] {
  const rules = by.map((taking) => ({
    by: aclText(taking.rule.row, taking.rule.holder),
    what: partText(taking),
    rows: [ruleRef(taking.rule)],
    cure: cureFor(acls, passage, taking),
  }));
  if (!dropsRest && by.length > 0) return rules;
  const rest = {
    by: `default_acl_drop of NB_Global, on switch ${acls.name},`,
    what: 'drops what no ACL lets pass',
    rows: [switchRef(acls)],
    cure: withoutDefault,
  };
  return [...rules, rest];
}

/** How many rules are named that let packets pass: more would hide the rest. */
const named = 3;

const orphaning =
  'lets requests pass without conntrack, and replies of TCP and ICMP go through it, where they belong to no connection and are dropped';

function partText({ of, but, orphans }: TakingRule): string {
  if (orphans) return orphaning;
  const names = but.slice(0, named).map(({ row }) => `${row.priority} (${row.match})`);
  const more = but.length > named ? ` and ${but.length - named} more` : '';
  const except =
    but.length === 0
      ? ''
      : `but what ${but.length > 1 ? 'ACLs' : 'ACL'} ${names.join(', ')}${more} before it let${but.length > 1 ? '' : 's'} pass`;
  if (of !== '') return `drops what has ${of}${except === '' ? '' : `, ${except}`}`;
  return except === '' ? 'drops some packets: which ones is not worked out' : `drops all ${except}`;
}
