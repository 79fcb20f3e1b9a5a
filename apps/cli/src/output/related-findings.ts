import { formatRef } from '@berth/api';
import type { Explanation, Finding } from '@berth/core';

/** The findings that concern a target: its own object or row, its gateway port, its router, or the node. */
export function relatedFindings(
  { now, node }: Explanation,
  findings: readonly Finding[],
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
    ...(node ? [node.chassis] : []),
  ]);
  return findings.filter(({ object, related }) =>
    [object, ...related].some((each) => each && (names.has(formatRef(each)) || names.has(each.name))),
  );
}
