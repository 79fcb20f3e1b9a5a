import { networkPart, spanOf } from './address-text.ts';
import type { NatRule } from './nat-rule.ts';
import type { RouterContext } from './router-context.ts';

/**
 * The SNAT rows of a router that OVN heeds and has flows of equal priority and equal match for, with other addresses each: which of them
 * translates a packet is chance. Rows of networks inside one another are no rivals: the longer prefix has the higher priority.
 */
export function sourceRivals({
  rules,
  router,
}: Pick<RouterContext, 'rules' | 'router'>): readonly (readonly NatRule[])[] {
  const groups = Map.groupBy(rules.filter(isHeeded), (rule) => matchOf(rule, router.isPinned));
  return [...groups.values()].filter((rows) => new Set(rows.map(({ externalIp }) => externalIp)).size > 1);
}

/** Whether it is an SNAT row that OVN heeds. */
function isHeeded({ row, obstacle }: NatRule): boolean {
  return row.type === 'snat' && obstacle === undefined;
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

/** Two SNAT rows of which one's network lies in the other's. */
export type NestedSources = { readonly inner: NatRule; readonly outer: NatRule };

/** Each SNAT row that OVN heeds and whose network lies in another's, with the smallest such other: of the two it wins (ovn-nb(5), NAT logical_ip). */
export function nestedSources({
  rules,
  router,
}: Pick<RouterContext, 'rules' | 'router'>): readonly NestedSources[] {
  const placed = rules.filter(isHeeded).flatMap((rule) => {
    const span = spanOf(rule.logicalIp);
    return span === undefined ? [] : [{ rule, span, port: portOf(rule, router.isPinned) }];
  });
  const keyOf = (port: string, bits: number, length: number, first: bigint): string =>
    [port, bits, length, first].join(' ');
  const known = new Map(
    placed.map(({ rule, span, port }) => [keyOf(port, span.bits, span.length, span.first), rule]),
  );
  const lengths = [...new Set(placed.map(({ span }) => span.length))].sort((left, right) => right - left);
  return placed.flatMap(({ rule: inner, span: { bits, first, length: own }, port }) => {
    for (const length of lengths) {
      if (length >= own) continue;
      const outer = known.get(keyOf(port, bits, length, networkPart(first, { bits, length })));
      if (outer !== undefined) return outer.externalIp === inner.externalIp ? [] : [{ inner, outer }];
    }
    return [];
  });
}
