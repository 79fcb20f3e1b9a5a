import type { GatewayIntent } from '../intent.ts';
import type { PolicyValues } from '../object/policy-values.ts';
import type { GatewayNode } from './gateway-node.ts';

/**
 * The order where nothing is fit: the members NB has now, as far as they are nodes that are still chosen. Where the first of them forwards
 * nothing, those that only lack the external network go before it, and where none forwards anything other living nodes
 * do: what does not leave by it is served, and the rest as soon as it is back.
 */
export function lastOrder(
  chosen: readonly GatewayNode[],
  present: readonly string[],
  { nodeReady }: PolicyValues,
): readonly GatewayIntent[] {
  const may = chosen.filter(({ flaws }) => nodeReady !== 'Strict' || !flaws.includes('not-ready'));
  const last = present.flatMap((chassis) => may.find((each) => each.chassis?.name === chassis) ?? []);
  const ahead = aheadOf(last, may);
  return [...ahead, ...last.filter((node) => !ahead.includes(node))].flatMap(
    ({ name, chassis, origin: from }) =>
      chassis ? [{ node: name, chassis: chassis.name, origin: from }] : [],
  );
}

function aheadOf(last: readonly GatewayNode[], may: readonly GatewayNode[]): readonly GatewayNode[] {
  const [first] = last;
  if (first && !isIdle(first)) return [];
  return (last.every(isIdle) ? may : last).filter(lacksNetwork);
}

function lacksNetwork({ flaws }: GatewayNode): boolean {
  return flaws.every((flaw) => flaw === 'cut-off' || flaw === 'not-ready');
}

/** It forwards nothing, whatever the external network does. */
function isIdle(node: GatewayNode): boolean {
  return isGone(node) || node.flaws.includes('no-flows');
}

/** It is no part of the OVN, or dead. */
export function isGone({ flaws }: GatewayNode): boolean {
  return flaws.includes('dead') || flaws.includes('no-chassis');
}
