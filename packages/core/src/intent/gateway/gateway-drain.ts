import { type ResourceSet, refOf } from '@berth/api';
import { origin } from '../../finding/origin.ts';
import type { GatewayIntent } from '../intent.ts';
import { policiesInEffect } from '../object/gateway-policy.ts';
import { lookupOf } from '../object/lookup.ts';
import { type PolicyValues, valuesOf } from '../object/policy-values.ts';
import { routerPortName } from '../object/router-port-name.ts';
import type { GatewayNode, GatewayScene } from './gateway-node.ts';
import type { GatewayQuestion } from './gateway-question.ts';
import type { GroupNow } from './gateway-step.ts';

/** A gateway that serves and is to leave, by the wish of a user and not because it fails. */
export type Drain = {
  readonly node: string;
  /** The node that takes over. */
  readonly to: string;
  /** What it has left, as far as that is told; else all it is given. */
  readonly seconds: number;
  /** Whether the time is over, so that it is left now. */
  readonly isOver: boolean;
};

type Group = {
  readonly candidates: readonly GatewayNode[];
  readonly wanted: readonly GatewayIntent[];
  readonly now: GroupNow;
  readonly values: PolicyValues;
};

/**
 * The drain of a group. One begins where the policy gives time, and the gateway that serves is sound but cordoned, chosen no more,
 * or no node of the cluster any more. It lasts until that one serves no more, so that who records it has it to the end; a
 * move that NB was told already is not taken back.
 */
export function drainOf(
  { routerPort, network, rebalance }: GatewayQuestion,
  { candidates, wanted: [top], now, values }: Group,
  scene: GatewayScene,
): Drain | undefined {
  const { serving, leaving, present } = now;
  const { drainSeconds: seconds } = values;
  if (seconds === 0 || rebalance || !top || !leaving || top.chassis === serving) return undefined;
  const { chassis, node } = leaving;
  if (now.isDark || now.isDead || !present.includes(chassis)) return undefined;
  // Of somebody else: whoever made it takes it away, and no time of ours runs.
  const members = scene.fabric.gateways.get(routerPort) ?? [];
  if (members.some((each) => each.chassis === chassis && each.isForeign)) return undefined;
  if (candidates.some((each) => each.chassis?.name === chassis)) return undefined;
  const own = scene.nodeOf(chassis);
  const flaws = own && scene.asGateway(node, origin(refOf(own)), values, network)?.flaws;
  if (flaws?.some((flaw) => flaw !== 'cordoned')) return undefined;
  const { drained, drainLeft } = scene.fabric;
  const key = drainKey(routerPort, node);
  const isOver = present[0] !== chassis || drained?.has(key) === true;
  return { node, to: top.node, seconds: drainLeft?.get(key) ?? seconds, isOver };
}

/** The order for as long as a drain lasts: the one that is to leave comes first. */
export function whileDraining(
  wanted: readonly GatewayIntent[],
  drain: Drain | undefined,
  { leaving }: GroupNow,
): readonly GatewayIntent[] {
  if (!drain || drain.isOver || !leaving) return wanted;
  return [leaving, ...wanted.filter(({ chassis }) => chassis !== leaving.chassis)];
}

/** Names the drain of a node from the group of a router port, in `drained` of a fabric. */
export function drainKey(routerPort: string, node: string): string {
  return `${routerPort} ${node}`;
}

/** A drain as the status of its Vpc has it, with the time that is given to it by now. */
export type RecordedDrain = {
  readonly key: string;
  /** RFC 3339. */
  readonly since: string;
  readonly seconds: number;
};

/** The drains that are recorded: what tells, with the time it is, which are over. */
export function recordedDrains(resources: ResourceSet): readonly RecordedDrain[] {
  const vpcs = resources.Vpc.filter(({ status }) => (status?.draining ?? []).length > 0);
  if (vpcs.length === 0) return [];
  const policies = policiesInEffect(lookupOf(resources));
  return vpcs.flatMap(({ metadata: { name: vpc }, status }) =>
    (status?.draining ?? []).map(({ subnet, node, since }) => ({
      key: drainKey(routerPortName(vpc, subnet), node),
      since,
      seconds: valuesOf(policies.get(vpc)).drainSeconds,
    })),
  );
}
