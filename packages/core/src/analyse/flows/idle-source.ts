import { formatRef } from '@berth/api';
import { list, shortened } from '../../finding/list.ts';
import type { ExternalFlow } from '../flow.ts';
import { addressValue, canonicalIp, isWithin, type Prefix, spanOf } from './address-text.ts';
import { causeOf, ownerText } from './marks.ts';
import { type NatRule, removalOf } from './nat-rule.ts';
import { floatingKey, type RouterContext } from './router-context.ts';
import type { SourceNatTable } from './source-nat-table.ts';

/** How many workloads are named: more would not be a sentence. */
const named = 3;

/**
 * Why an SNAT row that OVN heeds translates no workload: none has an address in its network, or those that have leave otherwise. Where rows of
 * somebody else's take all that a rule of ours is for it is stopped by them. Nothing of a network that is not one of the router's own, nor of one
 * address that no port has: packets of those may come from beyond.
 */
export function idleSource(
  context: RouterContext,
  rule: NatRule,
  table: SourceNatTable,
): Pick<ExternalFlow, 'idle' | 'obstacle'> | undefined {
  const span = spanOf(rule.logicalIp);
  if (span === undefined || !isOwn(context, span)) return undefined;
  const others = otherwise(context, rule, span, table);
  if (others.length === 0 && span.length === span.bits) return undefined;
  const takers = [...new Set(others.flatMap(({ by }) => by))];
  const foreign = takers.filter(
    ({ row, externalIp }) => causeOf(row) === undefined && externalIp !== rule.externalIp,
  );
  if (causeOf(rule.row) !== undefined && foreign.length > 0) return taken(context, rule, takers, foreign);
  const why =
    others.length === 0
      ? `no port has an address in ${rule.logicalIp}`
      : `in ${rule.logicalIp} ${list([...Map.groupBy(others, wayOf).values()].flatMap(wayText))}`;
  return { idle: `no workload uses it now: ${why}`, obstacle: undefined };
}

/** A workload with an address in a row's network, and the rows that translate that instead; none where a floating IP does. */
type Otherwise = { readonly port: string; readonly by: readonly NatRule[] };

function otherwise(
  { router, floating }: RouterContext,
  { gatewayPort, logicalIp }: NatRule,
  span: Prefix,
  table: SourceNatTable,
): readonly Otherwise[] {
  const byFor = (address: string): readonly NatRule[] =>
    floating.has(floatingKey(gatewayPort?.name, address)) ? [] : table.find(gatewayPort?.name ?? '', address);
  if (span.length === span.bits) {
    const address = canonicalIp(logicalIp.replace(/\/.*$/, ''));
    const port = router.portAt(address);
    return port === undefined ? [] : [{ port, by: byFor(address) }];
  }
  return router
    .workloads()
    .flatMap(({ port, addresses }) =>
      addresses.filter((address) => isIn(span, address)).map((address) => ({ port, by: byFor(address) })),
    );
}

function wayOf({ by: [first] }: Otherwise): string | undefined {
  return first?.externalIp;
}

/** How the workloads leave that leave by one way. */
function wayText(group: readonly Otherwise[]): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  const ports = [...new Set(group.map(({ port }) => port))];
  const names = list(shortened(ports, named));
  const way = wayOf(first);
  if (way !== undefined) return [`${names} ${ports.length > 1 ? 'leave' : 'leaves'} as ${way}`];
  return [`${names} ${ports.length > 1 ? 'have floating IPs' : 'has a floating IP'}`];
}

function taken(
  { router: { name } }: RouterContext,
  rule: NatRule,
  takers: readonly NatRule[],
  foreign: readonly NatRule[],
): Pick<ExternalFlow, 'obstacle'> {
  const ways = takers.map((each) => `as ${each.externalIp} (${ownerText(each.row)}, for ${each.logicalIp})`);
  const removal = `delete what Berth did not make (${removalOf(name, ...foreign.map(({ row }) => row._uuid))})`;
  const cause = causeOf(rule.row);
  const cure = `${removal}, or ${cause === undefined ? 'the row' : formatRef(cause)}`;
  return {
    obstacle: {
      reason: 'snat-overlap',
      why: `none of the workloads in ${rule.logicalIp} leaves by it: without a floating IP they leave ${list(shortened(ways, named))}, as the smaller network wins`,
      rows: [rule.ref, ...foreign.map(({ ref }) => ref)],
      ...{ cure, objectCure: cure },
    },
  };
}

/** Whether a network is, or is part of, one that the router is on inside. */
function isOwn({ router }: RouterContext, span: Prefix): boolean {
  return router
    .innerNetworks()
    .some((inner) => inner.length <= span.length && isWithin(inner, { value: span.first, bits: span.bits }));
}

function isIn(span: Prefix, address: string): boolean {
  const value = addressValue(address);
  return value !== undefined && isWithin(span, value);
}
