import { chassisAnnotation, type Node, refOf } from '@berth/api';
import { fnv1a64 } from '@berth/net';
import { chassisOfNode, type Fabric, type GatewayMember, gatewayClaim } from '../../fabric/fabric.ts';
import { keepsFlows, saysOf } from '../../fabric/frozen.ts';
import type { Finding } from '../../finding/finding.ts';
import { type Origin, origin } from '../../finding/origin.ts';
import type { GatewayIntent } from '../intent.ts';
import { type PolicyValues, valuesOf } from '../object/policy-values.ts';
import { type Drain, drainOf, whileDraining } from './gateway-drain.ts';
import { gatewayFindings } from './gateway-finding.ts';
import { admit, mayJoinOf } from './gateway-join.ts';
import { isGone, lastOrder } from './gateway-last.ts';
import type { GatewayNode, GatewayScene } from './gateway-node.ts';
import type { GatewayQuestion } from './gateway-question.ts';
import { staying } from './gateway-stay.ts';
import { type GroupNow, stepTowards } from './gateway-step.ts';
import { type Yields, yieldsIn } from './gateway-yield.ts';
import { keepField } from './placement.ts';

/** The gateways of a router port. */
export type GatewayDecision = {
  /** Most preferred first. */
  readonly gateways: readonly GatewayIntent[];
  /** Nodes that are to become members, and wait until they may join: see `mayJoinOf`. */
  readonly waiting: readonly string[];
  /** Nodes that could be gateways now, members or not: there a gateway-local floating IP may be answered. */
  readonly eligible: ReadonlySet<string>;
  /** No member can serve: there is none, or each is confirmed to be unable to. */
  readonly isLost: boolean;
  /** Chosen nodes, where there is no member because every one of them is gone from the OVN, or not back yet. */
  readonly gone: readonly string[];
  /** Where it is lost, every node whose return would help, sorted: the same whether or not OVN knows a node that is dead or coming back. */
  readonly out: readonly string[];
  /** Chosen nodes that are cordoned. */
  readonly cordoned: readonly string[];
  /** The living chassis that has claimed the port; undefined where none has. */
  readonly serving: string | undefined;
  /** The one that serves is to leave, and is given time. */
  readonly drain?: Drain | undefined;
  readonly findings: readonly Finding[];
};

/**
 * The gateway chassis of a router port. Candidates are the chosen nodes that nothing speaks against; when none is left, or none that can take
 * the role over, the present order stays. The chassis that serves now stays first, so that a node that comes back takes nothing away, unless it stands still and
 * must yield; the rest follow, those that stand still as the last, by
 * rendezvous hash, so that VPCs spread and the loss of a node moves only its own. Changes are made before others are broken.
 */
export function gatewayOrder(question: GatewayQuestion, scene: GatewayScene): GatewayDecision {
  const { routerPort, network, policy } = question;
  const values = valuesOf(policy);
  const { fabric, liveness } = scene;
  const kept = keptMembers(question, values, scene);
  const chosen = withKept(scene.chosen(policy, network), kept);
  const present = presentMembers(fabric, routerPort);
  const isUnheard = ({ chassis }: GatewayNode): boolean =>
    chassis !== undefined && liveness.isSilent(chassis.name) && !present.includes(chassis.name);
  const isAway = (node: GatewayNode): boolean =>
    isGone(node) || isUnheard(node) || node.flaws.includes('no-flows');
  const serving = gatewayClaim(fabric, routerPort);
  const isStarting = ({ chassis }: GatewayNode): boolean =>
    chassis !== undefined && present.includes(chassis.name) && liveness.isStarting(chassis.name);
  const fit = candidatesOf(kept, values, { isUnheard, isStarting });
  const candidates = fit.length > 0 ? fit : candidatesOf(chosen, values, { isUnheard, isStarting });
  const yields = yieldsIn(question, scene);
  const now = groupNow(question, present, scene);
  const ranked = inOrder(candidates, activeOf(question, fabric, present), question, yields);
  // While one serves that is sound it goes on; else the role is given only to one that can take it.
  const isServed = now.serving !== undefined && !now.isDark;
  const able = isServed || ranked.some(({ chassis }) => yields.canTake(chassis)) ? candidates : [];
  const heard = chosen.filter((node) => !isUnheard(node));
  const last = able.length > 0 ? [] : lastOrder(heard, present, values, yields.isIdle);
  const isLast = ({ chassis }: GatewayIntent): boolean => last.some((each) => each.chassis === chassis);
  const standbys = ranked.filter((each) => !isLast(each)).slice(0, Math.max(0, values.maximum - last.length));
  const fitting = [...last, ...standbys];
  const group = { chosen, candidates, wanted: fitting, now, values, canTake: yields.canTake };
  const { wanted, stays } = staying(question, group, scene);
  const drain = drainOf(question, { candidates, wanted: fitting, now, values }, scene);
  const stepped = stepTowards(whileDraining(wanted, drain, now), now);
  const { gateways: admitted, waiting } = admit(stepped, now);
  const gateways = kept.length > 0 ? asRanked(admitted, fabric.gateways.get(routerPort) ?? []) : admitted;
  const isLost = gateways.every(
    ({ chassis }) => !liveness.isAlive(chassis, network) || yields.isIdle(chassis),
  );
  return {
    gateways,
    waiting: waiting.map(({ node }) => node),
    eligible: new Set(chosen.filter(({ flaws }) => flaws.length === 0).map(({ name }) => name)),
    gone: gateways.length === 0 && chosen.every(isAway) ? chosen.map(({ name }) => name) : [],
    cordoned: chosen.filter(({ flaws }) => flaws.includes('cordoned')).map(({ name }) => name),
    serving: serving !== undefined && liveness.isAlive(serving, network) ? serving : undefined,
    isLost,
    out: outOf(chosen, gateways),
    ...(drain && { drain }),
    findings: gatewayFindings(question, {
      ...{ chosen, candidates: able, gateways, waiting, isLost, stays },
      isWithoutNode: stays !== undefined && scene.nodeOf(wanted[0]?.chassis ?? '') === undefined,
      holdsBack: ({ chassis }) => (chassis ? heldBackBy(chassis.name, scene) : undefined),
    }),
  };
}

/** Why a chassis that goes on with flows of before is not to be given a role. */
function heldBackBy(chassis: string, { fabric, frozen }: GatewayScene): string | undefined {
  const why = frozen.get(chassis);
  if (why !== undefined) return `stands still: ${why}`;
  return saysOf(fabric, chassis, keepsFlows) ? 'has an ovn-controller that does not follow SB' : undefined;
}

/** The members, and the chosen nodes that nobody left out on purpose. */
function outOf(chosen: readonly GatewayNode[], gateways: readonly GatewayIntent[]): readonly string[] {
  const isLeftOut = ({ flaws }: GatewayNode): boolean =>
    flaws.length > 0 && flaws.every((flaw) => flaw === 'cordoned' || flaw === 'not-ready');
  const meant = chosen.filter((node) => !isLeftOut(node)).map(({ name }) => name);
  return [...new Set([...gateways.map(({ node }) => node), ...meant])].sort();
}

/** The members that are kept: also those that nothing chooses any more, as long as they are nodes. */
function keptMembers(
  { kept = [], network, vpc }: GatewayQuestion,
  values: PolicyValues,
  scene: GatewayScene,
): readonly GatewayNode[] {
  const by = origin({ kind: 'Vpc', name: vpc }, keepField);
  return kept.flatMap((name) => scene.asGateway(name, by, values, network) ?? []);
}

function withKept(chosen: readonly GatewayNode[], kept: readonly GatewayNode[]): readonly GatewayNode[] {
  return [...chosen, ...kept.filter(({ name }) => !chosen.some((each) => each.name === name))];
}

/**
 * The gateways with the priorities that the group has, where these say the same order: others that are in it, of nodes that are gone or
 * unknown, then stay where they are among them.
 */
function asRanked(
  gateways: readonly GatewayIntent[],
  members: readonly GatewayMember[],
): readonly GatewayIntent[] {
  const ranks = new Map(members.map(({ chassis, priority }) => [chassis, priority]));
  const ranked = gateways.flatMap((each) => {
    const priority = ranks.get(each.chassis);
    return priority === undefined ? [] : [{ ...each, priority }];
  });
  const isOrdered = ranked.every(({ priority }, place) => priority > (ranked[place + 1]?.priority ?? 0));
  return isOrdered && ranked.length === gateways.length ? ranked : gateways;
}

/** The node's chassis in the OVN; undefined while it has none. */
export function chassisOf(node: Node, fabric: Fabric): ReturnType<typeof chassisOfNode> {
  return chassisOfNode(fabric, node.metadata.name, node.metadata.annotations[chassisAnnotation]);
}

type Returning = {
  /** It was down, and its agent has not been heard since. */
  readonly isUnheard: (node: GatewayNode) => boolean;
  /** It is a member, and will have its flows. */
  readonly isStarting: (node: GatewayNode) => boolean;
};

/**
 * The nodes nothing speaks against. One that comes back is waited for until its agent is heard, for its last word is from before;
 * where that leaves nobody, no member is about to have its flows, and the workloads' nodes do not answer meanwhile, it is
 * better than none.
 */
function candidatesOf(
  chosen: readonly GatewayNode[],
  values: PolicyValues,
  { isUnheard, isStarting }: Returning,
): readonly GatewayNode[] {
  const heard = flawlessOf(
    chosen.filter((node) => !isUnheard(node)),
    values,
  );
  const isWaitedFor = values.onGatewayLoss === 'Distribute' || chosen.some(isStarting);
  return heard.length > 0 || isWaitedFor ? heard : flawlessOf(chosen, values);
}

/** Where no node is flawless, those of which it is only the kubelet that is not ready, unless that is enough. */
function flawlessOf(chosen: readonly GatewayNode[], { nodeReady }: PolicyValues): readonly GatewayNode[] {
  const flawless = chosen.filter(({ flaws }) => flaws.length === 0);
  if (flawless.length > 0 || nodeReady === 'Strict') return flawless;
  return chosen.filter(({ flaws }) => flaws.every((flaw) => flaw === 'not-ready'));
}

/** Chassis of the members that NB has, most preferred first, without the one that names no chassis. */
function presentMembers(fabric: Fabric, routerPort: string): readonly string[] {
  const members = fabric.gateways.get(routerPort) ?? [];
  return members.filter(({ priority }) => priority > 0).map(({ chassis }) => chassis);
}

/**
 * The chassis that is to stay first, the likeliest first: one that NB prefers and that serves, so that a move that was made
 * is not taken back before it has held; what has served for a while; what NB prefers.
 */
function activeOf(
  { routerPort, rebalance }: GatewayQuestion,
  { claims, heldClaims }: Fabric,
  [preferred]: readonly string[],
): readonly (string | undefined)[] {
  if (rebalance) return [];
  const port = `cr-${routerPort}`;
  const claim = claims.get(port);
  return [claim === preferred ? claim : undefined, (heldClaims ?? claims).get(port), preferred];
}

function inOrder(
  candidates: readonly GatewayNode[],
  active: readonly (string | undefined)[],
  { vpc, kept = [] }: GatewayQuestion,
  { standsStill, canTake, mustYield }: Yields,
): readonly GatewayIntent[] {
  const placeOf = ({ node }: GatewayIntent): number =>
    kept.includes(node) ? kept.indexOf(node) : kept.length;
  const weighed = candidates
    .flatMap(({ name, chassis, origin: from }) =>
      chassis ? [{ node: name, chassis: chassis.name, origin: from }] : [],
    )
    .map((member) => ({ member, weight: weightOf(vpc, member.node) }))
    .sort((left, right) => placeOf(left.member) - placeOf(right.member) || compareWeights(right, left))
    .map(({ member }) => member);
  const sound = weighed.filter(({ chassis }) => !standsStill(chassis));
  const ordered = [...sound, ...weighed.filter((member) => !sound.includes(member))];
  const [taker] = sound.filter(({ chassis }) => canTake(chassis));
  const first =
    active
      .map((chassis) => ordered.find((member) => member.chassis === chassis))
      .find((member) => member !== undefined && !(taker && mustYield(member.chassis))) ?? taker;
  return first ? [first, ...ordered.filter((member) => member !== first)] : ordered;
}

type Weighed = { readonly member: GatewayIntent; readonly weight: bigint };

function compareWeights(left: Weighed, right: Weighed): number {
  if (left.weight !== right.weight) return left.weight < right.weight ? -1 : 1;
  return left.member.node < right.member.node ? -1 : 1;
}

/** The weight of a node among others for something that one or some of them are to do (rendezvous hashing). */
export function weightOf(what: string, node: string): bigint {
  return mixed(fnv1a64(`${what}\0${node}`));
}

/** Spreads a hash over all its bits: FNV's high bits hardly depend on the last letters of a name. */
function mixed(hash: bigint): bigint {
  const folded = BigInt.asUintN(64, (hash ^ (hash >> 33n)) * 0xff51afd7ed558ccdn);
  return folded ^ (folded >> 33n);
}

function groupNow(
  { routerPort, network, vpc }: GatewayQuestion,
  present: readonly string[],
  { fabric, liveness, nodeOf }: GatewayScene,
): GroupNow {
  const serving = gatewayClaim(fabric, routerPort);
  const chassis = fabric.chassis.get(serving ?? '');
  if (serving === undefined || !chassis) {
    const nobody = { serving, leaving: undefined, isDark: true, isStarting: false, isDead: true };
    const unseen = { sees: () => undefined, isSeenByMost: () => true };
    return { ...nobody, ...unseen, present, mayJoin: (other) => !liveness.tellsOfTunnels(other) };
  }
  const node = nodeOf(serving);
  const from: Origin = origin(node ? refOf(node) : { kind: 'Vpc', name: vpc });
  return {
    present,
    serving,
    leaving: { node: node?.metadata.name ?? chassis.hostname, chassis: serving, origin: from },
    isDark: !chassis.mappings.has(network) || !liveness.isAlive(serving, network),
    isStarting: liveness.isStarting(serving) && chassis.mappings.has(network),
    isDead: liveness.isDead(serving),
    mayJoin: mayJoinOf(routerPort, fabric, liveness),
    sees: (other) => liveness.seeEachOther(serving, other),
    isSeenByMost: liveness.isSeenByMost,
  };
}
