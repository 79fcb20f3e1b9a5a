import type { DropCure } from '../flow.ts';
import type { TakingRule } from './acl-fate.ts';
import { type AclRule, type SwitchAcls, stageOf, tierOf } from './acls.ts';
import type { AclHolder, AclRow } from './held-acls.ts';
import type { Passage } from './passage.ts';

/** What makes a rule leave the packets of a passage alone: each of two commands, as a shell takes them. */
export function cureFor(acls: SwitchAcls, passage: Passage, { rule, orphans }: TakingRule): DropCure {
  const passing = orphans ? undefined : passingFor(acls, passage, rule);
  return { how: 'delete it', command: deleting(acls, rule), ...(passing && { passing }) };
}

function deleting({ stages }: SwitchAcls, { row, holder }: AclRule): string {
  const all = Object.values(stages).flat();
  const beside = all.flatMap((each) => (each.holder.name === holder.name ? each.row : []));
  return deletingAcl(holder, row, beside);
}

/**
 * What deletes an ACL of a holder: `ovn-nbctl acl-del` finds it by three columns, and where they are those of another one `beside` it too, the row is
 * taken away itself.
 */
export function deletingAcl(holder: AclHolder, row: AclRow, beside: readonly AclRow[]): string {
  const { direction, priority, match, _uuid: uuid } = row;
  const isAlone = beside.every((each) => {
    const isAlike = each.direction === direction && each.priority === priority && each.match === match;
    return each._uuid === uuid || !isAlike;
  });
  const name = quoted(holder.name);
  if (!isAlone)
    return `ovn-nbctl remove ${holder.kind === 'switch' ? 'Logical_Switch' : 'Port_Group'} ${name} acls ${uuid}`;
  return `ovn-nbctl ${holding({ holder })}acl-del ${name} ${direction} ${priority} ${quoted(match, true)}`;
}

/** The table in which ovn-nbctl(8) finds the holder of a rule. */
function holding({ holder }: Pick<AclRule, 'holder'>): string {
  return holder.kind === 'switch' ? '' : '--type=port-group ';
}

/** The highest priority that a rule can have (ovn-nb(5), ACL priority). */
const highest = 32_767;

/** A rule before it that lets an address pass; undefined where there is no room for one. */
function passingFor(acls: SwitchAcls, { ip, isWorkload }: Passage, rule: AclRule): DropCure['passing'] {
  const { direction, match } = rule.row;
  const priority = freePriority(acls, rule);
  if (priority > highest) return undefined;
  const late = stageOf(rule) === 'from-lport-after-lb' ? '--apply-after-lb ' : '';
  const tier = tierOf(rule.row) === 0 ? '' : `--tier=${tierOf(rule.row)} `;
  return {
    command: `ovn-nbctl ${late}${tier}${holding(rule)}acl-add ${quoted(rule.holder.name)} ${direction} ${priority}`,
    match,
    ip,
    withArp: !ip.includes(':') && rule.test({ kind: 'arp', ct: [] }) !== false,
    // Where replies are followed, a request that is let pass without it has its reply dropped by other rules.
    action: acls.isStateful && isWorkload ? 'allow-related' : 'allow',
  };
}

/** The next priority at which nothing is taken: of two rules with one priority nobody knows which counts. */
function freePriority({ stages }: SwitchAcls, rule: AclRule): number {
  const taken = new Set(
    stages[stageOf(rule)]
      .filter(({ row, takes }) => takes && tierOf(row) === tierOf(rule.row))
      .map(({ row }) => row.priority),
  );
  let priority = rule.row.priority + 1;
  while (taken.has(priority)) priority += 1;
  return priority;
}

/** How many addresses a command lets pass: more would be no line to type. */
const mostAddresses = 8;

/** What to do about drops by one rule, of each address that it takes packets of: what to do first, then each command. */
export function cureText(cures: readonly DropCure[], first = ''): string {
  const [cure] = cures;
  if (cure === undefined) return first;
  const passes = cures.flatMap(({ passing }) => passing ?? []);
  const ips = [...new Set(passes.map(({ ip }) => ip))];
  const [passing] = passes;
  const how = `${first}${cure.how}`;
  const whole = `${how}: ${cure.command}`;
  if (passing === undefined || passes.length < cures.length || ips.length > mostAddresses) return whole;
  const { command, match, action } = passing;
  const withArp = passes.some((each) => each.withArp);
  const wanted = [...familyOf('ip4', ips), ...familyOf('ip6', ips), ...(withArp ? ['arp'] : [])].join(' || ');
  const whose = ips.length > 1 ? 'these addresses' : 'this address';
  const why = withArp
    ? '; it names arp because that ACL drops ARP too, without which nobody finds the address'
    : '';
  return `${whole}, or let ${whose} pass before it: ${command} ${quoted(`(${match}) && (${wanted})`, true)} ${action}${why}`;
}

function familyOf(family: 'ip4' | 'ip6', all: readonly string[]): readonly string[] {
  const [only = '', ...others] = all.filter((ip) => ip.includes(':') === (family === 'ip6'));
  if (only === '') return [];
  const ips = others.length === 0 ? only : `{${[only, ...others].join(', ')}}`;
  return [`${family}.src == ${ips}`, `${family}.dst == ${ips}`];
}

/** A word as a shell takes it. */
function quoted(text: string, always = false): string {
  return always || !/^[\w.:@/-]+$/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : text;
}
