import type { GatewayIntent } from '../intent.ts';
import type { PolicyValues } from '../object/policy-values.ts';
import type { GatewayNode } from './gateway-node.ts';

/**
 * The order where nothing can serve: the members NB has now, as far as they are nodes that are still chosen. Where the first of them forwards
 * nothing, as one that stands still as a standby, those that only lack the external network go before it, and where none forwards anything other living nodes
 * do: what does not leave by it is served, and the rest as soon as it is back.
 */
export function lastOrder(
  chosen: readonly GatewayNode[],
  present: readonly string[],
  { nodeReady }: PolicyValues,
  isStandby: (chassis: string) => boolean,
): readonly GatewayIntent[] {
  const isIdle = (node: GatewayNode): boolean =>
    forwardsNothing(node) || (node.chassis !== undefined && isStandby(node.chassis.name));
  const may = chosen.filter(({ flaws }) => nodeReady !== 'Strict' || !flaws.includes('not-ready'));
  const last = present.flatMap((chassis) => may.find((each) => each.chassis?.name === chassis) ?? []);
  const ahead = aheadOf(last, may, isIdle);
  return [...ahead, ...last.filter((node) => !ahead.includes(node))].flatMap(
    ({ name, chassis, origin: from }) =>
      chassis ? [{ node: name, chassis: chassis.name, origin: from }] : [],
  );
}

function aheadOf(
  last: readonly GatewayNode[],
  may: readonly GatewayNode[],
  isIdle: (node: GatewayNode) => boolean,
): readonly GatewayNode[] {
  const [first] = last;
  if (first && !isIdle(first)) return [];
  return (last.every(isIdle) ? may : last).filter((node) => lacksNetwork(node) && !isIdle(node));
}

function lacksNetwork({ flaws }: GatewayNode): boolean {
  return flaws.every((flaw) => flaw === 'cut-off' || flaw === 'not-ready');
}

/** It forwards nothing, whatever the external network does. */
function forwardsNothing(node: GatewayNode): boolean {
  return isGone(node) || node.flaws.includes('no-flows');
}

/** It is no part of the OVN, or dead. */
export function isGone({ flaws }: GatewayNode): boolean {
  return flaws.includes('dead') || flaws.includes('no-chassis');
}
