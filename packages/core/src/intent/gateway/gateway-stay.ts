import { refOf } from '@berth/api';
import type { Fabric } from '../../fabric/fabric.ts';
import { keepsFlows, saysOf } from '../../fabric/frozen.ts';
import { origin } from '../../finding/origin.ts';
import type { GatewayIntent } from '../intent.ts';
import type { PolicyValues } from '../object/policy-values.ts';
import type { Flaw, GatewayNode, GatewayScene } from './gateway-node.ts';
import type { GatewayQuestion } from './gateway-question.ts';
import type { GroupNow } from './gateway-step.ts';

type Group = {
  readonly chosen: readonly GatewayNode[];
  readonly candidates: readonly GatewayNode[];
  readonly wanted: readonly GatewayIntent[];
  readonly now: GroupNow;
  readonly values: PolicyValues;
  /** Whether a chassis can be given the role, as far as is known: see `Yields`. */
  readonly canTake: (chassis: string) => boolean;
};

/** The order that is wanted, with those in it that nobody takes over from. */
export type Stay = {
  readonly wanted: readonly GatewayIntent[];
  /** The node that is to leave, and comes first as no other can take over. */
  readonly stays?: string | undefined;
};

/**
 * The order with the gateways that are to leave by the wish of a user, or by the kubelet's word, and that nobody takes over from yet: a sound one
 * that serves comes first until another can take over, and where nobody serves, as the role was just taken from one and nobody has it, it
 * is a member until somebody does. With nothing chosen there is to be no gateway, but for those whose Node objects are gone: that takes no
 * machine away, and who deletes one with its machine has them dead in a moment.
 */
export function staying(question: GatewayQuestion, group: Group, scene: GatewayScene): Stay {
  const { chosen, candidates, wanted, now, values } = group;
  if (chosen.length === 0) return withoutNodes(question, group, scene);
  const takesOver = takerIn(question, group, scene);
  const isCandidate = (chassis: string): boolean => candidates.some((each) => each.chassis?.name === chassis);
  const own = ownOf(now, wanted);
  if (own && !now.isDark) {
    const mayMove = question.rebalance === true || !isCandidate(own.chassis);
    if (!mayMove || wanted[0]?.chassis === own.chassis) return { wanted };
    if (!now.present.includes(own.chassis) || !isFitOtherwise(own.chassis, question, values, scene))
      return { wanted };
    const first = wanted.find(({ chassis }) => chassis === own.chassis || takesOver(chassis)) ?? own;
    const stays = first === own && !isCandidate(own.chassis) ? own.node : undefined;
    return { wanted: [first, ...wanted.filter((each) => each.chassis !== first.chassis)], stays };
  }
  const isSlight = (flaw: Flaw): boolean => isSlightIn(values, flaw);
  const held = heldMembers(question, group, scene, isSlight).filter(
    ({ chassis }) => !isCandidate(chassis) && takesOver(chassis),
  );
  const others = wanted.filter(({ chassis }) => held.every((each) => each.chassis !== chassis));
  const [first] = held;
  if (!first) return { wanted: withHealing(question, group, scene, takesOver) };
  if (others.some(({ chassis }) => takesOver(chassis))) return { wanted: [...others, ...held] };
  return { wanted: [...held, ...others], stays: first.node };
}

/**
 * The order where no member could serve now, with those at its end that only lack what may come back by itself, as an uplink: until somebody can
 * take over they are members, for once they are out of the group nothing tells that they served, and a user who takes the label away meanwhile does not
 * mean that nobody is to.
 */
function withHealing(
  question: GatewayQuestion,
  group: Group,
  scene: GatewayScene,
  takesOver: (chassis: string) => boolean,
): readonly GatewayIntent[] {
  const { wanted, values } = group;
  if (wanted.some(({ chassis }) => takesOver(chassis))) return wanted;
  const mayHeal = (flaw: Flaw): boolean => flaw === 'cut-off' || isSlightIn(values, flaw);
  const left = heldMembers(question, group, scene, mayHeal);
  const isIn = (chassis: string): boolean => wanted.some((each) => each.chassis === chassis);
  return [...wanted, ...left.filter(({ chassis }) => !isIn(chassis))];
}

/** The living members that have no Node object any more, the one that serves first; none where that is none of them. */
function withoutNodes(question: GatewayQuestion, { wanted, now }: Group, scene: GatewayScene): Stay {
  const { fabric, liveness } = scene;
  const { leaving } = now;
  const isOrphan = (chassis: string): boolean =>
    fabric.chassis.get(chassis)?.mappings.has(question.network) === true &&
    scene.nodeOf(chassis) === undefined &&
    !isForeign(fabric, question.routerPort, chassis) &&
    liveness.isAlive(chassis, question.network);
  if (!leaving || wanted.length > 0 || !now.present.includes(leaving.chassis) || !isOrphan(leaving.chassis))
    return { wanted };
  const others = now.present.filter((chassis) => chassis !== leaving.chassis && isOrphan(chassis));
  const standbys = others.map((chassis) => ({
    ...{ node: fabric.chassis.get(chassis)?.hostname ?? chassis, chassis },
    origin: leaving.origin,
  }));
  return { wanted: [leaving, ...standbys], stays: leaving.node };
}

/** The member that serves, wanted or not. */
function ownOf({ serving, leaving }: GroupNow, wanted: readonly GatewayIntent[]): GatewayIntent | undefined {
  return wanted.find(({ chassis }) => chassis === serving) ?? leaving;
}

/**
 * Whether a chassis can take a role over now: it is alive and reaches the network, and its ovn-controller runs and follows SB. An agent's word
 * counts at once, for to wait for one that is about to go on costs nothing while another serves.
 */
function takerIn(
  { network }: GatewayQuestion,
  { canTake }: Group,
  { fabric, liveness }: GatewayScene,
): (chassis: string) => boolean {
  return (chassis) =>
    liveness.isAlive(chassis, network) && canTake(chassis) && !saysOf(fabric, chassis, keepsFlows);
}

/** The members of ours that nothing speaks against but flaws of a sort, the one that served last first. */
function heldMembers(
  question: GatewayQuestion,
  { now, values }: Group,
  scene: GatewayScene,
  isMeant: (flaw: Flaw) => boolean,
): readonly GatewayIntent[] {
  const { fabric } = scene;
  const last = fabric.heldClaims?.get(`cr-${question.routerPort}`);
  const left = now.present.filter(
    (chassis) =>
      fabric.chassis.get(chassis)?.mappings.has(question.network) === true &&
      !isForeign(fabric, question.routerPort, chassis) &&
      flawsIn(chassis, question, values, scene).every(isMeant),
  );
  return [...left.filter((each) => each === last), ...left.filter((each) => each !== last)].flatMap(
    (chassis) => {
      const node = scene.nodeOf(chassis);
      return node ? [{ node: node.metadata.name, chassis, origin: origin(refOf(node)) }] : [];
    },
  );
}

/** Whether a member is of somebody else: whoever made it takes it away. */
function isForeign({ gateways }: Fabric, routerPort: string, chassis: string): boolean {
  return (gateways.get(routerPort) ?? []).some((each) => each.chassis === chassis && each.isForeign);
}

/** Whether nothing speaks against a chassis as a gateway but a wish. */
function isFitOtherwise(
  chassis: string,
  question: GatewayQuestion,
  values: PolicyValues,
  scene: GatewayScene,
): boolean {
  return flawsIn(chassis, question, values, scene).every((flaw) => isSlightIn(values, flaw));
}

/** A cordon, or the kubelet's word where that is not all that counts. */
function isSlightIn({ nodeReady }: PolicyValues, flaw: Flaw): boolean {
  return flaw === 'cordoned' || (flaw === 'not-ready' && nodeReady !== 'Strict');
}

/** What speaks against a chassis as a gateway; nothing where it is no node. */
function flawsIn(
  chassis: string,
  { network }: GatewayQuestion,
  values: PolicyValues,
  scene: GatewayScene,
): readonly Flaw[] {
  const node = scene.nodeOf(chassis);
  return (node && scene.asGateway(node.metadata.name, origin(refOf(node)), values, network)?.flaws) ?? [];
}
