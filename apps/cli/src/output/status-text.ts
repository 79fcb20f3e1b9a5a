import { formatRef } from '@berth/api';
import { atLeast, type Finding, type Home, type ObjectRef, sortFindings, startingText } from '@berth/core';
import { leadText } from '@berth/engine';
import { followCommand } from '@berth/source';
import { controllerLease } from '../context/cluster.ts';
import { givenBackIn } from '../context/status-now.ts';
import type { Screen } from '../context/terminal.ts';
import type { StatusAnswer } from '../schema/status.ts';
import { countText, findingLines, plural } from './findings.ts';
import type { Style } from './style.ts';
import { none, table } from './table.ts';

/** What status tells beside what is wrong. */
export type StatusBody = Omit<StatusAnswer, 'apiVersion' | 'kind' | 'findings'>;

/** What is wrong with what is asked for, and with rows that nothing asked for has to do with. */
export type WhatIsWrong = { readonly findings: readonly Finding[]; readonly ofOthers: readonly Finding[] };

/** One screen: is it healthy, who carries what, and last what is wrong. `home` is where the objects live. */
export function statusText(
  status: StatusBody,
  { findings, ofOthers }: WhatIsWrong,
  screen: Omit<Screen, 'write'>,
  home: Home | undefined,
): string {
  const { style } = screen;
  const parts = [
    factLines(status, findings, style, home),
    gatewayTable(status, style),
    floatingIpTable(status, style),
    troubleLines(findings, screen),
    ofOthers.length === 0 ? '' : `${othersHead}\n${troubleLines(ofOthers, screen)}`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** Stands above what is wrong with rows that nothing asked for has to do with. */
const othersHead = 'Of routers and switches that no object is about:';

/** How many findings are told beside the errors, of which every one is: more would not be a screen. */
const told = 8;

/** What is wrong, worst first, and where the rest is to be read. */
function troubleLines(findings: readonly Finding[], screen: Omit<Screen, 'write'>): string {
  const sorted = sortFindings(findings);
  const errors = sorted.filter((each) => atLeast(each, 'error'));
  const shown = sorted.slice(0, Math.max(errors.length, told));
  const rest = sorted.length - shown.length;
  return `${findingLines(shown, screen)}${rest > 0 ? `and ${rest} more: berth audit tells them all\n` : ''}`;
}

function factLines(
  status: StatusBody,
  findings: readonly Finding[],
  style: Style,
  home: Home | undefined,
): string {
  const { databases, controller, missing, otherwise, assumptions, summary, others } = status;
  const clashes = findings.filter(({ code }) => code === 'row-clash');
  const given = givenBackIn({ findings });
  const isBlocked = (ref: StatusAnswer['missing'][number]): boolean =>
    clashes.some(({ object }) => object !== undefined && formatRef(object) === formatRef(ref));
  const [blocked, lacking] = [missing.filter(isBlocked), missing.filter((each) => !isBlocked(each))];
  const facts = [
    ...databases.map(({ name, remote, connected, problem }): readonly [string, string] => [
      name,
      connected
        ? `${style.good('connected')}  ${remote}`
        : `${style.bad('unreachable')}  ${problem ?? remote}`,
    ]),
    ...(status.unreadable === null ? [] : [['objects', style.bad(status.unreadable)] as const]),
    ['controller', controllerText(status, style)] as const,
    ...leadFacts(status, style),
    ['programmed', summary ? programmedText(status) : style.bad(unknown)] as const,
    ...(status.toldBy === 'rows' ? [['told by', toldByText(status)] as const] : []),
    ...(lacking.length > 0 ? [['missing', lackText(lacking, controller, style, home)] as const] : []),
    ...(blocked.length > 0 ? [['in the way', blockedText(blocked, style)] as const] : []),
    ...(given.length > 0 ? [['given back', givenText(given, style)] as const] : []),
    ...(otherwise.length > 0 ? [['otherwise', lackText(otherwise, controller, style, home)] as const] : []),
    ['findings', findingsText(summary, style)] as const,
    ...(others.error + others.warning + others.info > 0
      ? [['of others', `${countText(others)}: about nothing that is asked for`] as const]
      : []),
    ...assumptions.map((each) => ['assumed', each] as const),
  ];
  return facts.map(([fact, value]) => `${fact.padEnd(12)}${value}\n`).join('');
}

/** Stands where no objects are known. */
const rowsText =
  'rows of NB and SB alone: no objects are stored with them, so what was asked for, and the conditions, are not known';

/** The same where objects are known that are not in force. */
const otherRowsText = 'rows of NB and SB alone: what was asked for by who leads is not known from here';

/** The same where there are objects, and nobody can read them now. */
const unreadRowsText = 'rows of NB and SB alone, as long as the objects cannot be read';

function toldByText({ lead, unreadable }: StatusBody): string {
  if (unreadable !== null) return unreadRowsText;
  return lead?.other ? otherRowsText : rowsText;
}

/** Who leads, and who waits to: of one who leads with the objects that were asked about there is no more to say. */
function leadFacts({ lead, controller }: StatusBody, style: Style): readonly (readonly [string, string])[] {
  const leader =
    lead && `${leadText(lead.name ?? undefined)}${lead.since === null ? '' : ` since ${lead.since}`}`;
  return [
    ...(leader ? [['led by', lead.other ? style.doubtful(leader) : leader] as const] : []),
    ...(controller.waiting === null
      ? []
      : [
          [
            'waiting',
            `${controller.waiting} holds the Lease of the cluster and waits to be told to take over: ${followCommand(controllerLease, controller.epoch ?? 0)}`,
          ] as const,
        ]),
  ];
}

/** What is programmed, beside what is asked for where that is more. */
function programmedText({ vpcs, floatingIps, missing }: StatusBody): string {
  const count = (kind: string, there: readonly { readonly name: string }[], what: string): string => {
    const lacking = missing.filter((ref) => ref.kind === kind).map(({ name }) => name);
    const asked = new Set([...there.map(({ name }) => name), ...lacking]).size;
    return lacking.length === 0 ? plural(asked, what) : `${asked - lacking.length} of ${plural(asked, what)}`;
  };
  return `${count('Vpc', vpcs, 'VPC')}, ${count('OvnFip', floatingIps, 'floating IP')}`;
}

/** How many objects are named: more would not be a line. */
const listed = 4;

/** What is not programmed as asked for, the addresses first, and who would see to it. */
function lackText(
  missing: StatusAnswer['missing'],
  controller: StatusAnswer['controller'],
  style: Style,
  home: Home | undefined,
): string {
  const who =
    controller.running === null
      ? 'whether a controller is at work is not known'
      : controller.stopped
        ? 'the controller is stopped and programs nothing'
        : controller.running
          ? 'the controller has not come to it'
          : `no controller runs that would program it: ${startingText(home)}`;
  return `${namesText(missing, style)}: ${who}`;
}

/** What no controller can program while rows of somebody else are in its place. */
function blockedText(blocked: StatusAnswer['missing'], style: Style): string {
  return `${namesText(blocked, style)}: rows of somebody else, which no controller touches; row-clash below says which and what to do`;
}

/** What somebody else goes on with. */
function givenText(given: readonly ObjectRef[], style: Style): string {
  const once = [...new Map(given.map((each) => [formatRef(each), each])).values()];
  return `${namesText(once, style)}: somebody else's since berth adopt --undo; berth adopt takes them over again`;
}

function namesText(refs: StatusAnswer['missing'], style: Style): string {
  const rank = ({ kind }: StatusAnswer['missing'][number]): number =>
    kind === 'OvnFip' ? 0 : kind === 'Vpc' ? 1 : 2;
  const names = refs.toSorted((left, right) => rank(left) - rank(right)).map(formatRef);
  const rest = names.length - listed;
  return `${style.bad(names.slice(0, listed).join(', '))}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** Stands where only the databases could tell. */
const unknown = 'not known: a database cannot be reached';

function findingsText(summary: StatusAnswer['summary'], style: Style): string {
  if (summary === null) return style.bad(unknown);
  return summary.error > 0 ? style.bad(countText(summary)) : countText(summary);
}

function controllerText({ controller, unreadable, summary }: StatusBody, style: Style): string {
  const { instance, running, stopped, epoch } = controller;
  const who = `instance ${instance}, epoch ${epoch ?? none}`;
  if (running === null) {
    const isNew = epoch === null && summary !== null;
    const why = unreadable === null ? `: ${isNew ? neverLedText : untoldText}` : '';
    return `${style.doubtful('<unknown>')}  ${who}${why}`;
  }
  const known = running ? style.good('running') : style.doubtful('not running');
  return `${stopped ? style.bad('stopped') : known}  ${who}`;
}

/** Why nobody can say whether a controller runs. */
const untoldText =
  'neither database tells whether one runs; its state (--state DIR) or its cluster (--kubeconfig FILE) does';

/** The same where that is next to nothing that could be missed. */
const neverLedText = 'none of that name has led this OVN, as NB tells';

function gatewayTable({ vpcs }: StatusBody, style: Style): string {
  const rows = vpcs.flatMap(({ name, attachments }) =>
    attachments.map(({ subnet, addresses, gateways }) => {
      const active = gateways.find((gateway) => gateway.active);
      const standby = gateways.filter((gateway) => !gateway.active).map(nodeText);
      return [
        name,
        subnet,
        addresses.join(',') || none,
        active ? nodeText(active) : style.bad(none),
        standby.join(',') || none,
      ];
    }),
  );
  return table(['vpc', 'external-subnet', 'address', 'active-gateway', 'standby'], rows);
}

function floatingIpTable({ floatingIps }: StatusBody, style: Style): string {
  const rows = floatingIps.map((each) => [
    each.name,
    each.vpc,
    each.externalIps.join(',') || none,
    each.elsewhere === null ? targetText(each) : style.bad(`${targetText(each)} (not as asked)`),
    each.placement.effective,
    each.berth ? nodeText(each.berth) : style.bad(none),
    worksText(each.works, style),
  ]);
  return table(['floating-ip', 'vpc', 'address', 'target', 'placement', 'berth', 'works'], rows);
}

/** A port of a switch by its name alone, as everybody calls it; where no port is known, the address that NB leads it to. */
function targetText({ target, elsewhere }: StatusAnswer['floatingIps'][number]): string {
  if (target === null) return elsewhere ?? none;
  return target.kind === 'Logical_Switch_Port' ? target.name : formatRef(target);
}

/** Whether it works, with the code of what is wrong. */
function worksText(works: StatusAnswer['floatingIps'][number]['works'], style: Style): string {
  if (works === null) return none;
  const { outcome, reason } = works;
  if (outcome === 'delivered') return reason === null ? 'yes' : style.doubtful(`partly:${reason}`);
  return outcome === 'lost' ? style.bad(`no:${reason}`) : style.doubtful(`unknown:${reason}`);
}

function nodeText({ node, chassis }: { readonly node: string | null; readonly chassis: string }): string {
  return node ?? chassis;
}
