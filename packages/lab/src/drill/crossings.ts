import { type ExternalFlow, type Fabric, hairpinFlow } from '@berth/core';

/**
 * Conversations between workloads through their public addresses: of all there could be, one for every difference that
 * matters. The two are on one node or on neighbouring ones of the list, of one router or two, of every placement.
 */
export function crossings(
  flows: readonly ExternalFlow[],
  fabric: Fabric,
  nodes: readonly string[],
): readonly ExternalFlow[] {
  const claimOf = (flow: ExternalFlow): string => fabric.claims.get(flow.logicalPort ?? '') ?? '';
  const familyOf = (flow: ExternalFlow): string => (flow.externalIp?.includes(':') ? '6' : '4');
  const classOf = (flow: ExternalFlow): string =>
    [flow.kind, flow.placement, flow.router, claimOf(flow), familyOf(flow)].join();
  const sources = distinct(
    flows.filter(({ direction }) => direction === 'outbound'),
    classOf,
  );
  const targets = distinct(
    flows.filter(({ direction, kind }) => direction === 'inbound' && kind === 'floating-ip'),
    classOf,
  );
  return sources.flatMap((from) => {
    const own = claimOf(from);
    const next = nodes[(nodes.indexOf(own) + 1) % nodes.length];
    return targets
      .filter((to) => familyOf(to) === familyOf(from) && [own, next].includes(claimOf(to)))
      .filter((to) => to.externalIp !== from.externalIp)
      .map((to) => hairpinFlow(from, to));
  });
}

function distinct(
  flows: readonly ExternalFlow[],
  keyOf: (flow: ExternalFlow) => string,
): readonly ExternalFlow[] {
  const first = new Map<string, ExternalFlow>();
  for (const flow of flows) if (!first.has(keyOf(flow))) first.set(keyOf(flow), flow);
  return [...first.values()];
}
