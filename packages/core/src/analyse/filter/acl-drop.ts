import type { Obstacle, PartialDrop } from '../flow.ts';
import type { AclFate, TakingRule } from './acl-fate.ts';
import { type AclRule, aclName, ruleText, type SwitchAcls, stageOf } from './acls.ts';
import type { Passage } from './passage.ts';

/** The rule by which all packets of a passage are dropped, and what to do about it. */
export function droppedBy(acls: SwitchAcls, passage: Passage, { by: [first] }: AclFate): Obstacle {
  if (first === undefined)
    return {
      reason: 'acl-drops',
      why: `no ACL of switch ${acls.name} lets it pass, and ${dropsRest}`,
      rows: [{ db: 'NB', table: 'Logical_Switch', uuid: acls.row, name: acls.name }],
      cure: `Remove that option: ovn-nbctl remove NB_Global . options default_acl_drop`,
    };
  const { rule } = first;
  return {
    reason: 'acl-drops',
    why: `${ruleText(rule)}, and nothing before it lets it pass`,
    rows: [{ db: 'NB', table: 'ACL', uuid: rule.row._uuid, name: aclName(rule.row) }],
    cure: `Delete it: ${deleting(rule)}${passing(acls, passage, rule)}`,
  };
}

const dropsRest = 'default_acl_drop of NB_Global drops the rest';

/** The rules by which some packets of a passage are dropped. */
export function partOf(acls: SwitchAcls, passage: Passage, { by }: AclFate): readonly PartialDrop[] {
  if (by.length === 0)
    return [
      {
        by: `default_acl_drop of NB_Global, on switch ${acls.name},`,
        what: 'drops what no ACL lets pass',
        rows: [{ db: 'NB', table: 'Logical_Switch', uuid: acls.row, name: acls.name }],
        cure: `see ovn-nbctl acl-list ${acls.name}`,
      },
    ];
  return by.map((taking) => ({
    by: ruleText(taking.rule),
    what: partText(taking),
    rows: [{ db: 'NB', table: 'ACL', uuid: taking.rule.row._uuid, name: aclName(taking.rule.row) }],
    cure: `${deleting(taking.rule)}${passing(acls, passage, taking.rule)}`,
  }));
}

/** How many rules are named that let packets pass: more would hide the rest. */
const named = 3;

function partText({ of, but }: TakingRule): string {
  const names = but.slice(0, named).map(({ row }) => `${row.priority} (${row.match})`);
  const more = but.length > named ? ` and ${but.length - named} more` : '';
  const except =
    but.length === 0
      ? ''
      : `but what ${but.length > 1 ? 'ACLs' : 'ACL'} ${names.join(', ')}${more} before it let${but.length > 1 ? '' : 's'} pass`;
  if (of !== '') return `drops what has ${of}${except === '' ? '' : `, ${except}`}`;
  return except === '' ? 'drops some packets: which ones is not worked out' : `drops all ${except}`;
}

/** The table in which ovn-nbctl(8) finds the holder of a rule. */
function holding({ holder }: AclRule): string {
  return holder.kind === 'switch' ? '' : '--type=port-group ';
}

function deleting(rule: AclRule): string {
  const { direction, priority, match } = rule.row;
  return `ovn-nbctl ${holding(rule)}acl-del ${rule.holder.name} ${direction} ${priority} '${match}'`;
}

/** The highest priority that a rule can have (ovn-nb(5), ACL priority). */
const highest = 32_767;

/**
 * A rule before it that lets the packets of an address pass, and those by which it is found: where a rule takes ARP or neighbour discovery
 * as well, letting the address pass is not enough.
 */
function passing({ isStateful }: SwitchAcls, { ip, isWorkload }: Passage, rule: AclRule): string {
  const { direction, priority, match } = rule.row;
  if (priority >= highest || match.includes("'")) return '';
  const isNew = ip.includes(':');
  const [family, finding, kind] = isNew ? ['ip6', 'nd', 'neighbour discovery'] : ['ip4', 'arp', 'ARP'];
  const discovery = isNew
    ? ({ kind: 'ip6', protocol: 'icmp', icmpType: 135 } as const)
    : ({ kind: 'arp' } as const);
  const takesFinding = rule.test(discovery) !== false;
  const wanted = `${family}.src == ${ip} || ${family}.dst == ${ip}${takesFinding ? ` || ${finding}` : ''}`;
  const late = stageOf(rule) === 'from-lport-after-lb' ? '--apply-after-lb ' : '';
  // Where replies are followed, a request that is let pass without it has its reply dropped by other rules.
  const action = isStateful && isWorkload ? 'allow-related' : 'allow';
  const why = takesFinding
    ? `; it names ${finding} because that ACL drops ${kind} too, without which nobody finds the address`
    : '';
  return `, or let this address pass before it: ovn-nbctl ${late}${holding(rule)}acl-add ${rule.holder.name} ${direction} ${priority + 1} '(${match}) && (${wanted})' ${action}${why}`;
}
