import { wakingCure } from '../fabric/frozen.ts';
import { nodeName } from '../fabric/node-name.ts';
import { requestedChassis } from '../fabric/switch-port.ts';
import { catalogue } from '../finding/catalogue.ts';
import type { ExternalFlow } from './flow.ts';
import { isPath, type Path } from './outcome/path.ts';
import { type Route, sendsToNobody } from './state-of.ts';
import type { FlowState } from './verdict.ts';
import { actingGateways } from './world/election.ts';
import { chosenGateway } from './world/sender.ts';
import { bfdUp } from './world/tunnel.ts';
import { livingMembers, switches, viewOf, type World } from './world/world.ts';

/** One sentence, without a full stop: what becomes of a flow and why. */
export function whySentence(world: World, route: Route, before: FlowState, after: FlowState): string {
  if (after.outcome === 'delivered') return deliveredText(world, route.flow, before, after);
  if (after.outcome === 'unknown') return unknownText(world, after);
  const lost = lostText(world, route, after);
  return after.berth === undefined
    ? lost
    : `${lost}; ${nodeName(world.fabric, after.berth)} still answers for the address`;
}

function deliveredText(
  world: World,
  { placement }: ExternalFlow,
  before: FlowState,
  after: FlowState,
): string {
  const berth = nodeName(world.fabric, after.berth ?? '');
  if (before.outcome === 'lost') return `comes back, through ${berth}`;
  if (before.outcome === 'unknown') return `works then, through ${berth}`;
  if (before.berth !== after.berth)
    return `moves from ${nodeName(world.fabric, before.berth ?? '')} to ${berth}`;
  return placement === 'distributed'
    ? `stays on ${berth}, where its workload is; no gateway node is in its path`
    : `stays on ${berth}, the gateway that acts`;
}

function unknownText(world: World, { conflict, missing }: FlowState): string {
  const names = conflict.map((chassis) => nodeName(world.fabric, chassis));
  if (names.length > 0) return `${names.join(' and ')} answer for the address at once`;
  return missing.map((each) => `it is not known ${each}`).join('; ');
}

/** Why a flow is lost, with names. */
export function lostText(world: World, { flow, to, from }: Route, { reason }: FlowState): string {
  const obstacle = flow.obstacle ?? flow.source?.obstacle;
  if (obstacle !== undefined) return obstacle.why;
  const path = isPath(to) ? to : undefined;
  const node = nodeName(world.fabric, path === undefined ? '' : blamed(world, path, reason));
  const network = flow.network ?? 'the external network';
  switch (path === undefined ? undefined : reason) {
    case 'workload-down':
      return workloadText(world, path);
    case 'uplink-down':
      return from === undefined
        ? `${node} is cut off from ${network}, which OVN does not look at`
        : `a node on the way is cut off from ${network}`;
    case 'no-bridge-mapping':
      return `${node} has no bridge for ${network}`;
    case 'network-down':
      return `${network} is down for every node`;
    case 'no-gateway':
      return `no gateway node of ${flow.gatewayPort ?? flow.router} is alive`;
    case 'gateway-unclaimed':
      return path === undefined
        ? catalogue[reason ?? 'gateway-unclaimed'].title
        : idleText(world, path, node);
    case 'gateway-fenced':
      return `${node} does not run ovn-controller and is kept from answering for the gateway, which another node serves`;
    case 'flows-missing':
      return emptyText(world, path, node);
    case 'node-frozen':
      return frozenText(world, flow, path);
    case 'tunnel-down':
      return `no tunnel leads from ${nodeName(world.fabric, path?.chassis ?? '')} to the gateway that acts, or back`;
    case 'neighbour-unanswered':
      return `nobody answers IPv6 neighbour discovery for it: no ovn-controller runs on ${node} or where its workload is`;
    case 'path-asymmetric':
      return 'the reply ends on a node that did not translate the request, and is dropped there';
    default:
      return wordsFor(world, flow, reason);
  }
}

/** Why a flow is lost of which no path tells more. */
function wordsFor(world: World, flow: ExternalFlow, reason: FlowState['reason']): string {
  if (reason === 'workload-down') return unboundText(world, flow);
  return reason === undefined ? 'nothing gets through' : catalogue[reason].title;
}

/** Of a workload's port that no chassis claims: its node binds it by ovn-controller. */
function unboundText(world: World, { logicalPort, away }: ExternalFlow): string {
  if (logicalPort === undefined) return catalogue['workload-down'].title;
  const requested = requestedChassis(world.fabric, logicalPort);
  const unbound = `port ${logicalPort} of its workload is bound to no node`;
  if (away) return `${unbound}: ${away.why}`;
  if (!requested) return unbound;
  const node = nodeName(world.fabric, requested);
  const why = world.frozen.get(requested);
  if (why !== undefined)
    return `${unbound}: ${node}, where it is to be, stands still (${why}); ${wakingCure(why, 'there')}`;
  return `${unbound}: it is to be on ${node}; see that ovn-controller runs there, and that the pod does`;
}

/** Of the chassis that would deliver it. */
function frozenText(world: World, flow: ExternalFlow, path: Path | undefined): string {
  const chassis = path === undefined ? '' : blamed(world, path, 'node-frozen');
  const still = flow.overtaken ?? flow.formerGateways ?? flow.source?.formerGateways;
  if (still !== undefined && !world.frozen.has(chassis)) return still.what;
  const why = world.frozen.get(chassis) ?? 'its flows are of an earlier time';
  const stray = flow.strays?.find((each) => each.chassis === chassis);
  if (stray?.isCertain && flow.installed?.get(chassis) !== false && !sendsToNobody(world, flow))
    return stray.what;
  if (flow.installed?.get(chassis) === true)
    return `${nodeName(world.fabric, chassis)} had learned of no neighbour outside before it stood still, and learns of none now: ${why}`;
  return `it is not yet installed on ${nodeName(world.fabric, chassis)}: ${why}`;
}

/** Why no member acts: what a member must see depends on which other members are in sight (ovn-controller, `ha_chassis_group_is_active`). */
function idleText(world: World, { group }: Path, node: string): string {
  const members = group === undefined ? [] : livingMembers(world, group).map((member) => member.chassis);
  if (group?.isUnclaimed) {
    const names = members.map((each) => nodeName(world.fabric, each)).join(', ');
    return `nobody acts as the gateway, as SB has it, though ${names} ${members.length > 1 ? 'are its members' : 'is its member'}: see whether ovn-controller runs there, reaches SB and sees another node by its tunnels`;
  }
  const [first] = members;
  const others = [...world.fabric.chassis.keys()].filter((other) => other !== first);
  const seesAny = first !== undefined && others.some((other) => bfdUp(world, first, other));
  return seesAny || first === undefined
    ? `${node} is alive and does not act as the gateway: it sees no witness, or cannot follow SB`
    : `${nodeName(world.fabric, first)} is alive and does not act as the gateway: none of its tunnels shows it another node, or it cannot follow SB`;
}

function workloadText(world: World, path: Path | undefined): string {
  if (path === undefined) return 'its workload is bound to no node';
  const node = nodeName(world.fabric, path.chassis);
  if (world.failed.hosts.has(path.chassis)) return `${node}, where its workload is, is down`;
  return switches(world, path.chassis)
    ? `its workload ${path.port} on ${node} does not answer or is bound no more`
    : `ovs-vswitchd does not run on ${node}, where its workload is`;
}

function emptyText(world: World, path: Path | undefined, node: string): string {
  const own = path !== undefined && viewOf(world, path.chassis) === undefined;
  const empty = own ? nodeName(world.fabric, path.chassis) : node;
  return `${empty} has an empty flow table: its vswitchd was started again without ovn-controller`;
}

/** The chassis at which packets come to their end. */
function blamed(world: World, path: Path, reason: FlowState['reason']): string {
  const { placement, group, chassis, formerOrder } = path;
  if (placement === 'distributed' || group === undefined) return chassis;
  if (reason === 'gateway-fenced') return chosenGateway(world, chassis, group, formerOrder) ?? chassis;
  const [acting] = actingGateways(world, group);
  return acting ?? livingMembers(world, group)[0]?.chassis ?? chassis;
}
