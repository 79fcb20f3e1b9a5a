import { formatRef } from '@berth/api';
import type { Explanation, Finding, NodeName } from '@berth/core';

/** The findings that concern a target: its own object or row, its gateway port, its router, or the node. */
export function relatedFindings(
  { now, node }: Explanation,
  findings: readonly Finding[],
  nodeName: NodeName,
): readonly Finding[] {
  const flows = now.addresses.map(({ flow }) => flow);
  const names = new Set([
    ...flows.flatMap(({ origins }) => origins.map(({ object }) => formatRef(object))),
    ...flows.flatMap(({ gatewayPort, router, logicalPort, target }) => [
      gatewayPort,
      router,
      logicalPort,
      target.replace(/^nat\//, ''),
    ]),
    ...(node ? [node.chassis, nodeName(node.chassis)] : []),
  ]);
  const isCentralized = flows.some(({ placement }) => placement === 'centralized');
  return findings
    .filter(({ code }) => code !== 'gateway-cordoned' || node !== undefined || isCentralized)
    .filter(({ object, related }) =>
      [object, ...related].some((each) => each && (names.has(formatRef(each)) || names.has(each.name))),
    );
}
