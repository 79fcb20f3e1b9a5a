import { canonicalIp, spanOf } from './address-text.ts';
import type { NatRule } from './nat-rule.ts';
import { floatingKey, type RouterContext } from './router-context.ts';
import { sourceNatTable } from './source-nat-table.ts';

/**
 * The SNAT rows of a router that OVN heeds and has flows of equal priority and equal match for, with other addresses each: which of them
 * translates a packet is chance. Rows of networks inside one another are no rivals: the longer prefix has the higher priority.
 */
export function sourceRivals(context: Sources): readonly (readonly NatRule[])[] {
  const { router } = context;
  const groups = Map.groupBy(translating(context), (rule) => matchOf(rule, router.isPinned));
  return [...groups.values()].filter((rows) => new Set(rows.map(({ externalIp }) => externalIp)).size > 1);
}

type Sources = Pick<RouterContext, 'rules' | 'router' | 'floating'>;

/** The SNAT rows that OVN heeds, without those for one address that leaves by a floating IP of the same gateway port. */
function translating({ rules, floating }: Sources): readonly NatRule[] {
  return rules.filter(({ row, obstacle, logicalIp, gatewayPort }) => {
    if (row.type !== 'snat' || obstacle !== undefined) return false;
    const span = spanOf(logicalIp);
    if (span === undefined || span.length < span.bits) return true;
    return !floating.has(floatingKey(gatewayPort?.name, canonicalIp(logicalIp.replace(/\/.*$/, ''))));
  });
}

/** The port that the flow of a row asks for. A gateway router asks for none. */
function portOf({ gatewayPort }: NatRule, isPinned: boolean): string {
  return isPinned ? '' : (gatewayPort?.name ?? '');
}

/** What the flow of a row matches. */
function matchOf(rule: NatRule, isPinned: boolean): string {
  const { logicalIp, row } = rule;
  const [span, port] = [spanOf(logicalIp), portOf(rule, isPinned)];
  // From 24.09 on; the row types are older.
  const more = 'match' in row ? [row.match, 'priority' in row ? row.priority : 0] : [];
  const { allowed_ext_ips: allowed = '', exempted_ext_ips: exempted = '' } = row;
  return [port, span?.bits, span?.length, span?.first, allowed, exempted, ...more].join(' ');
}

/** Two rows that translate sources, of which one's address or network lies in the other's. */
export type NestedSources = { readonly inner: NatRule; readonly outer: NatRule };

/** Each SNAT row and floating IP that OVN heeds and whose network or address lies in that of another SNAT row, with the smallest such other: of the two it wins (ovn-nb(5), NAT logical_ip). */
export function nestedSources(context: Sources): readonly NestedSources[] {
  const { router } = context;
  const heeded = translating(context);
  const wayOf = (rule: NatRule): string => portOf(rule, router.isPinned);
  const table = sourceNatTable(heeded, wayOf);
  return [...heeded, ...context.rules.filter(floats)].flatMap((inner) => {
    const outer = table.find(wayOf(inner), inner.logicalIp, spanOf(inner.logicalIp)?.length).at(-1);
    return outer === undefined || outer.externalIp === inner.externalIp ? [] : [{ inner, outer }];
  });
}

/** Whether OVN heeds a row that translates one address both ways. */
function floats({ row, obstacle }: NatRule): boolean {
  return row.type === 'dnat_and_snat' && obstacle === undefined;
}
