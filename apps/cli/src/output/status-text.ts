import { formatRef } from '@berth/api';
import type { Finding } from '@berth/core';
import type { Screen } from '../context/terminal.ts';
import type { StatusAnswer } from '../schema/status.ts';
import { countText, findingLines, plural } from './findings.ts';
import type { Style } from './style.ts';
import { none, table } from './table.ts';

/** One screen: is it healthy, who carries what, and last what is wrong. */
export function statusText(
  status: StatusAnswer,
  findings: readonly Finding[],
  screen: Omit<Screen, 'write'>,
): string {
  const { style } = screen;
  const parts = [
    factLines(status, style),
    gatewayTable(status, style),
    floatingIpTable(status, style),
    findingLines(findings, screen),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function factLines(
  { databases, controller, vpcs, floatingIps, summary }: StatusAnswer,
  style: Style,
): string {
  const facts = [
    ...databases.map(({ name, remote, connected, problem }): readonly [string, string] => [
      name,
      connected
        ? `${style.good('connected')}  ${remote}`
        : `${style.bad('unreachable')}  ${problem ?? remote}`,
    ]),
    ['controller', controllerText(controller, style)] as const,
    [
      'programmed',
      summary
        ? `${plural(vpcs.length, 'VPC')}, ${plural(floatingIps.length, 'floating IP')}`
        : style.bad(unknown),
    ] as const,
    ['findings', findingsText(summary, style)] as const,
  ];
  return facts.map(([fact, value]) => `${fact.padEnd(12)}${value}\n`).join('');
}

/** Stands where only the databases could tell. */
const unknown = 'not known: a database cannot be reached';

function findingsText(summary: StatusAnswer['summary'], style: Style): string {
  if (summary === null) return style.bad(unknown);
  return summary.error > 0 ? style.bad(countText(summary)) : countText(summary);
}

function controllerText(
  { instance, running, stopped, epoch }: StatusAnswer['controller'],
  style: Style,
): string {
  const known = running ? style.good('running') : style.doubtful('not running');
  const state = running === null ? '<unknown>' : stopped ? style.bad('stopped') : known;
  return `${state}  instance ${instance}, epoch ${epoch ?? none}`;
}

function gatewayTable({ vpcs }: StatusAnswer, style: Style): string {
  const rows = vpcs.flatMap(({ name, attachments }) =>
    attachments.map(({ subnet, addresses, gateways }) => {
      const active = gateways.find((gateway) => gateway.active);
      const standby = gateways.filter((gateway) => !gateway.active).map(nodeText);
      return [
        name,
        subnet,
        addresses.join(','),
        active ? nodeText(active) : style.bad(none),
        standby.join(',') || none,
      ];
    }),
  );
  return table(['vpc', 'external-subnet', 'address', 'active-gateway', 'standby'], rows);
}

function floatingIpTable({ floatingIps }: StatusAnswer, style: Style): string {
  const rows = floatingIps.map(({ name, vpc, externalIps, target, placement, berth }) => [
    name,
    vpc,
    externalIps.join(','),
    target ? formatRef(target) : none,
    placement.effective,
    berth ? nodeText(berth) : style.bad(none),
  ]);
  return table(['floating-ip', 'vpc', 'address', 'target', 'placement', 'berth'], rows);
}

function nodeText({ node, chassis }: { readonly node: string | null; readonly chassis: string }): string {
  return node ?? chassis;
}
