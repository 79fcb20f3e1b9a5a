import { isVouchedFor } from '../fabric/frozen.ts';
import { isSince } from '../fabric/globals.ts';
import type { Lingering } from '../fabric/lingering.ts';
import { knowsNobody } from '../fabric/neighbours.ts';
import { nodeName } from '../fabric/node-name.ts';
import { unacquaintedAt } from '../fabric/unacquainted.ts';
import { list } from '../finding/list.ts';
import type { ExternalFlow, Obstacle } from './flow.ts';
import { answerers } from './outcome/centralized.ts';
import { hairpinState, inboundState, outboundState } from './outcome/hairpin.ts';
import { familyOf, isPath, type NoPath, type Path, pathOf } from './outcome/path.ts';
import { contested, lost, untold } from './outcome/state.ts';
import type { FlowState } from './verdict.ts';
import { egressObstacle } from './world/egress.ts';
import { viewOf, type World } from './world/world.ts';

/** A flow's paths, worked out once: what it takes to judge it in any world that follows the base. */
export type Route = {
  readonly flow: ExternalFlow;
  readonly to: Path | NoPath;
  readonly from: Path | NoPath | undefined;
};

export function routeOf(base: World, flow: ExternalFlow): Route {
  const to = pathOf(base, flow);
  const { source } = flow;
  if (source === undefined) return { flow, to, from: undefined };
  const from = pathOf(base, source);
  if (!isPath(from) || !isPath(to)) return { flow, to, from };
  if (source.router !== flow.router && isHidden(base, source, from, to)) return { flow, to, from: hidden };
  return { flow, to: { ...to, isResolved: true }, from: { ...from, isResolved: true } };
}

const hidden: NoPath = { kind: 'lost', reason: 'neighbour-unanswered' };

/**
 * Whether the target's router cannot find the asker. Routers on one switch do not hear each other's neighbour discovery
 * but for addresses that northd lists, and until 24.03 it did not list those of plain SNAT. ARP goes another way: the
 * router learns the asker from the request.
 */
function isHidden({ plane }: World, source: ExternalFlow, from: Path, to: Path): boolean {
  if (from.family === 4 || source.kind !== 'source-nat' || from.network !== to.network) return false;
  return !isSince(plane.release, 24, 3);
}

/** What becomes of a flow in a world; unknown where its rivals differ from it. */
export function stateOf(world: World, route: Route): FlowState {
  const state = stateIn(world, route);
  return world.rivals.every((rival) => isSame(state, stateIn(rival, route))) ? state : untold(whatComesFirst);
}

const whatComesFirst =
  'which of the things that happen at once comes first: an ovn-controller that is cut off follows the others unless it waits for SB, and those that leave in good order may see each other leave';

function isSame(left: FlowState, right: FlowState): boolean {
  if (left.outcome !== right.outcome) return false;
  if (left.outcome === 'delivered') return left.berth === right.berth;
  return left.outcome === 'lost' || left.conflict.toSorted().join() === right.conflict.toSorted().join();
}

function stateIn(world: World, route: Route): FlowState {
  const state = withFormerGateways(world, route, stateByRows(world, route));
  if (world.frozen.size === 0) return state;
  // Where the workload's own node has the address still, packets that find it there come through.
  const told = withLingering(world, route, withFrozen(world, route.flow, state));
  return withUntoldGateways(
    world,
    route.flow,
    withStrays(world, route.flow, withOvertaken(world, route.flow, told)),
  );
}

/** The state where it is delivered, and a gateway that stands still may go on beside the one that serves: nothing tells whether it served before. */
function withUntoldGateways(world: World, flow: ExternalFlow, state: FlowState): FlowState {
  const { outcome, berth } = state;
  if (outcome !== 'delivered') return state;
  const found = flow.untoldGateways?.find(
    ({ chassis }) =>
      chassis !== berth &&
      world.frozen.has(chassis) &&
      viewOf(world, chassis) !== undefined &&
      egressObstacle(world, chassis, flow.network) === undefined,
  );
  if (found === undefined) return state;
  const missing = `whether ${nodeName(world.fabric, found.chassis)} answers as well: it is a gateway too, ${found.why}, and where it served before it goes on`;
  return { ...untold(missing), reason: 'two-answerers', berth };
}

/**
 * The state where the chassis that delivers it translates its packets as it did before: what is asked for does not leave as that, whether the former
 * address gets answers or not.
 */
function withStrays(world: World, { strays = [] }: ExternalFlow, state: FlowState): FlowState {
  const { outcome, berth } = state;
  if (outcome !== 'delivered') return state;
  const found = strays.find(({ chassis }) => chassis === berth && world.frozen.has(chassis));
  if (found === undefined) return state;
  return found.isCertain
    ? lost('node-frozen')
    : { ...untold(`with which address it leaves: ${found.what}`), reason: 'node-frozen', berth };
}

/**
 * The state where it is delivered, and a chassis that had the address answers for it as well: which of the two those outside find, for requests
 * and for replies, is up to the switches.
 */
function withLingering(world: World, route: Route, state: FlowState): FlowState {
  const { flow } = route;
  const { outcome, berth } = state;
  const others = answeringStill(world, flow).filter(({ chassis }) => chassis !== berth);
  const [first] = others;
  if (first === undefined) return state;
  if (outcome === 'lost' && berth === undefined && state.conflict.length === 0)
    return withStillAnswered(world, route, others, state);
  if (outcome !== 'delivered' || berth === undefined) return state;
  if (others.some(({ isCertain }) => isCertain))
    return contested([berth, ...others.map(({ chassis }) => chassis)]);
  const names = others.map(({ chassis }) => nodeName(world.fabric, chassis));
  const missing = `whether ${list(names)} still ${names.length > 1 ? 'answer' : 'answers'} for ${first.ip} as well: it was taken from there, and ${first.why}`;
  return { ...untold(missing), reason: 'address-lingers', berth };
}

/** The chassis that stand still, had the address of a flow, and are joined to its network. */
function answeringStill(world: World, { lingering = [], network }: ExternalFlow): readonly Lingering[] {
  return lingering.filter(
    ({ chassis }) =>
      world.frozen.has(chassis) &&
      viewOf(world, chassis) !== undefined &&
      egressObstacle(world, chassis, network) === undefined,
  );
}

/**
 * The state where nobody who should answers, and a chassis that had the address does. It has the flows that led to the workload; what that answers
 * goes by the gateways of now, so where these let nothing out nothing comes of it.
 */
function withStillAnswered(
  world: World,
  { flow, to }: Route,
  answering: readonly Lingering[],
  state: FlowState,
): FlowState {
  const certain = answering.filter(({ isCertain }) => isCertain);
  const [first, second] = certain;
  if (first === undefined || flow.direction !== 'inbound') return state;
  const mayReply =
    flow.placement === 'centralized' && isPath(to) && outboundState(world, to).outcome !== 'lost';
  if (!mayReply)
    return second === undefined
      ? { ...state, berth: first.chassis }
      : { ...state, conflict: certain.map(({ chassis }) => chassis) };
  const name = nodeName(world.fabric, first.chassis);
  const missing = `what becomes of what ${name} takes in for ${first.ip}: it was taken from there, ${first.why}, and it goes on answering`;
  return { ...untold(missing), reason: 'address-lingers', berth: first.chassis };
}

/**
 * The state where it is delivered by a gateway, and the node of its workload sends its packets elsewhere: by flows of an earlier time, unless it is
 * dead. Either way they do not pass the gateway, so only a node that is merely slow leaves a doubt.
 */
function withOvertaken(world: World, { overtaken }: ExternalFlow, state: FlowState): FlowState {
  const { outcome, berth } = state;
  if (overtaken === undefined || outcome !== 'delivered' || !world.frozen.has(overtaken.chassis))
    return state;
  if (overtaken.isCertain) return lost('node-frozen');
  const missing = `what becomes of packets of its workload: ${overtaken.what}`;
  return { ...untold(missing), reason: 'node-frozen', berth };
}

/**
 * The state by the gateways that the workload's chassis knows which stands still, with that as the reason where those of now would deliver it. Only
 * of a node of which an agent tells is it known that it is not merely slow.
 */
function withFormerGateways(world: World, route: Route, state: FlowState): FlowState {
  const found = route.flow.formerGateways ?? route.flow.source?.formerGateways;
  if (found === undefined || !world.frozen.has(found.chassis)) return state;
  const now = found.order === undefined ? state : stateByRows(world, byPresentOrder(route));
  if (now.outcome !== 'delivered') return state;
  if (found.order !== undefined && state.outcome !== 'lost') return state;
  if (found.isCertain) return lost('node-frozen');
  const missing = `whether packets of its workload get to a gateway that serves: ${found.what}`;
  return { ...untold(missing), reason: 'node-frozen', berth: now.berth };
}

/** The paths as they are where every chassis knows the gateways of now. */
function byPresentOrder({ flow, to, from }: Route): Route {
  const present = <P extends Path | NoPath | undefined>(path: P): P =>
    path !== undefined && isPath(path) ? { ...path, formerOrder: undefined } : path;
  return { flow, to: present(to), from: present(from) };
}

/**
 * The state where it is delivered by a chassis whose flows are of an earlier time: as by rows for what was there before, and lost for
 * what came later. Where nobody says which it is, nobody knows.
 */
function withFrozen(world: World, flow: ExternalFlow, state: FlowState): FlowState {
  const { outcome, berth } = state;
  const why = berth === undefined ? undefined : world.frozen.get(berth);
  if (berth === undefined || why === undefined) return state;
  const former = flow.asBefore?.get(berth);
  // What it never had it does not answer for either.
  if (outcome === 'lost' && former === 'never') return { ...state, berth: undefined };
  if (outcome !== 'delivered') return state;
  const isInstalled = flow.installed?.get(berth);
  if (isInstalled === false && former === 'own')
    return { ...untold(byFlowsOf(world, flow, berth)), reason: 'node-frozen', berth };
  if (isInstalled === false)
    return lost('node-frozen', former === 'another' && flow.direction === 'inbound' ? berth : undefined);
  const { fabric, frozen } = world;
  if (isInstalled === undefined)
    return { ...untold(`whether ${nodeName(fabric, berth)} has it already: ${why}`), berth };
  if (sendsToNobody(world, flow)) return withNobodyToSendTo(world, flow, berth);
  if (isVouchedFor(fabric, berth, watchersOf(world, flow), frozen)) return state;
  const missing = `whether ${nodeName(fabric, berth)} is alive: ${why}, nobody reports on it, and no gateway that keeps up would have taken over`;
  return { ...untold(missing), reason: 'chassis-stale', berth };
}

/** The state where nobody outside is known any more: the workload's own node, where it stands still, may know of somebody whom SB has forgotten. */
function withNobodyToSendTo({ fabric }: World, flow: ExternalFlow, berth: string): FlowState {
  const { logicalPort = '', gatewayPort = '' } = flow;
  const own = unacquaintedAt(fabric, logicalPort, gatewayPort);
  if (own === undefined || own.isCertain) return lost('node-frozen');
  const missing = `what becomes of packets of its workload: ${own.what}`;
  return { ...untold(missing), reason: 'node-frozen', berth };
}

/** What is not known of an address that was a chassis's own before, and changed since: the change may have been taken back, or not matter there. */
function byFlowsOf({ fabric, frozen }: World, { externalIp }: ExternalFlow, chassis: string): string {
  return `whether the flows of before on ${nodeName(fabric, chassis)} still carry it: ${externalIp} was there, changed since, and ${frozen.get(chassis)}`;
}

/** The gateways that watch each other for a flow. */
function watchersOf({ plane }: World, { gatewayPort, placement }: ExternalFlow): readonly string[] {
  if (placement !== 'centralized' || gatewayPort === undefined) return [];
  const members = plane.groups.get(gatewayPort)?.members ?? [];
  return members.filter(({ present }) => present).map(({ chassis }) => chassis);
}

/** Whether the router of a flow has nobody to send to where its chassis stands still. */
export function sendsToNobody(
  { fabric }: World,
  { gatewayPort, source, logicalPort }: ExternalFlow,
): boolean {
  return gatewayPort !== undefined && source === undefined && knowsNobody(fabric, gatewayPort, logicalPort);
}

function stateByRows(world: World, { flow, to, from }: Route): FlowState {
  const obstacle = flow.obstacle ?? flow.source?.obstacle;
  if (obstacle !== undefined) return stopped(world, obstacle, flow, to);
  const doubt = flow.doubt ?? flow.source?.doubt;
  if (doubt !== undefined) return { ...untold(doubt), berth: answererOf(world, flow, to) };
  if (!isPath(to)) return { ...withoutPath(to), berth: answererOf(world, flow, to) };
  if (flow.direction === 'outbound') return outboundState(world, to);
  if (flow.direction === 'inbound') return inboundState(world, to);
  if (from === undefined) return untold('which workload asks');
  return isPath(from) ? hairpinState(world, from, to) : withoutPath(from);
}

function withoutPath(path: NoPath): FlowState {
  return path.kind === 'lost' ? lost(path.reason) : untold(path.missing);
}

/** Lost, and who answers for the address all the same: one, or several at once. */
function stopped(
  world: World,
  { reason, isAnswered, answeredBy }: Obstacle,
  flow: ExternalFlow,
  to: Path | NoPath,
): FlowState {
  if (answeredBy === undefined || flow.direction !== 'inbound')
    return lost(reason, isAnswered ? answererOf(world, flow, to) : undefined);
  const answering = answeredBy.chassis.filter(
    (chassis) =>
      viewOf(world, chassis) !== undefined &&
      answeredBy.networks.some((network) => egressObstacle(world, chassis, network) === undefined),
  );
  return answering.length > 1 ? { ...lost(reason), conflict: answering } : lost(reason, answering[0]);
}

/** The chassis that answers for an address from outside though nothing is delivered; undefined for none, several, and other directions. */
function answererOf(world: World, flow: ExternalFlow, to: Path | NoPath): string | undefined {
  if (flow.direction !== 'inbound') return undefined;
  if (isPath(to)) return inboundState(world, to).berth;
  const { gatewayPort, network, placement } = flow;
  const group = gatewayPort === undefined ? undefined : world.plane.groups.get(gatewayPort);
  // Without its port a distributed address is on no chassis; a gateway answers whoever is behind it.
  if (placement === 'distributed' || group === undefined || network === undefined) return undefined;
  const [only, second] = answerers(world, group, { family: familyOf(flow), network });
  return second === undefined ? only : undefined;
}
