import { shortened } from '@berth/core';
import type { ExplanationAnswer } from '../schema/explanation.ts';
import type { Style } from './style.ts';
import { none, table } from './table.ts';

/** How many rows of a sort are listed: more would not be one screen. */
const listed = 15;

/** A node on one screen: what lives on it, what it is a gateway of, and what its loss costs. */
export function nodeText(
  { target, now }: ExplanationAnswer,
  { name, chassis, gatewayOf, loss }: NonNullable<ExplanationAnswer['node']>,
  style: Style,
): string {
  const alias = name === chassis ? '' : `  chassis ${chassis}`;
  const roles = gatewayOf.map(
    ({ routerPort, priority, isActive }) =>
      `${routerPort} (priority ${priority}, ${isActive ? 'active' : 'standby'})`,
  );
  const count = (effect: string): number => loss.filter((each) => each.effect === effect).length;
  const cost =
    loss.length === 0
      ? style.good('nothing')
      : `${style.bad(`${count('lost')} lost`)}, ${style.changed(`${count('moved')} moved`)}, ${count('unknown')} unknown (flows)`;
  const head = [
    `${style.strong(target)}${alias}`,
    `gateway of  ${shortened(roles, listed).join(', ') || none}`,
    `if it dies  ${cost}`,
  ];
  const living = now.addresses.map((each) => [
    each.target,
    each.externalIp ?? none,
    each.logicalIp,
    each.placement,
  ]);
  const losses = loss.map(({ target: flow, direction, externalIp, effect, to, why }) => [
    flow,
    direction,
    externalIp ?? none,
    to === null ? effect : `moves to ${to}`,
    why,
  ]);
  return [
    `${head.join('\n')}\n`,
    listing(['lives-here', 'address', 'leads-to', 'placement'], living),
    listing(['if-it-dies', 'direction', 'address', 'becomes', 'why'], losses),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function listing(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const rest = rows.length - listed;
  return `${table(headings, rows.slice(0, listed))}${rest > 0 ? `and ${rest} more: -o json lists them\n` : ''}`;
}
