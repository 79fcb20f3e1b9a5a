import type { GatewayGroup } from '../../fabric/fabric.ts';
import type { FindingCode } from '../../finding/catalogue.ts';
import type { FlowState } from '../verdict.ts';
import { egressObstacle } from '../world/egress.ts';
import { actingGateways, actsAsGateway } from '../world/election.ts';
import { answersNeighbours } from '../world/neighbour.ts';
import { chosenGateway } from '../world/sender.ts';
import { tunnelWorks } from '../world/tunnel.ts';
import { livingMembers, remember, switches, viewOf, type World } from '../world/world.ts';
import { neighbourKey, type Path } from './path.ts';
import { contested, delivered, lost } from './state.ts';
import { deliveryObstacle, workloadObstacle } from './workload.ts';

/** From outside: whoever acts as the gateway and is joined to the network answers, and must reach the workload both ways. */
export function centralizedInbound(world: World, path: Path): FlowState {
  const { group } = path;
  if (group === undefined) return lost('no-gateway');
  const answering = path.only === undefined ? answerers(world, group, path) : [path.only];
  const [first, second] = answering;
  if (first === undefined) return lost(nobodyAnswers(world, group, path));
  const problems = answering.map((gateway) => roundTripObstacle(world, gateway, path, group));
  const [problem] = problems;
  if (second === undefined) {
    const silent = problem === 'path-asymmetric' ? silentExit(world, group, path) : undefined;
    if (silent !== undefined) return contested([first, silent]);
    return problem === undefined ? delivered(first) : lost(problem, first);
  }
  if (problems.every((each) => each !== undefined))
    return { ...lost(problem ?? 'two-answerers'), conflict: answering };
  return contested(answering);
}

/** From the workload: its chassis picks a gateway, which must be one and have a way out. The reply comes back the same way. */
export function centralizedOutbound(world: World, path: Path): FlowState {
  const { group, network, chassis, formerOrder } = path;
  if (group === undefined) return lost('no-gateway');
  const own = workloadObstacle(world, path);
  if (own !== undefined) return lost(own);
  const gateway = chosenGateway(world, chassis, group, formerOrder);
  if (gateway === undefined) return lost(noChoice(world, group, path));
  if (gateway !== chassis && !tunnelWorks(world, chassis, gateway)) return lost(unreached(world, gateway));
  if (!actsAsGateway(world, gateway, group)) return lost(refused(world, gateway, group, path));
  if (isFenced(world, gateway, network)) return lost('gateway-fenced');
  const blocked = egressObstacle(world, gateway, network) ?? neighbourObstacle(world, gateway, path);
  if (blocked === 'neighbour-unanswered') {
    const others = answerers(world, group, path);
    if (others.length > 0) return contested([gateway, ...others]);
  }
  if (blocked !== undefined) return lost(blocked);
  const back = deliveryObstacle(world, gateway, path);
  return back === undefined ? delivered(gateway) : lost(back);
}

/**
 * The chassis by which the workload's packets leave, when it has a way out and cannot say where the address is: those packets
 * teach the switches outside that the router's hardware address is there, whoever says so for IPv6 neighbours.
 */
function silentExit(world: World, group: GatewayGroup, path: Path): string | undefined {
  const exit = chosenGateway(world, path.chassis, group, path.formerOrder);
  if (exit === undefined || egressObstacle(world, exit, path.network) !== undefined) return undefined;
  return neighbourObstacle(world, exit, path) === undefined ? undefined : exit;
}

/** The parts of a path that decide who answers. */
type Ways = Pick<Path, 'network' | 'family' | 'isResolved'>;

/** Every chassis that answers for the group's addresses where the path leads. */
export function answerers(world: World, group: GatewayGroup, path: Ways): readonly string[] {
  const { network } = path;
  return remember(
    world,
    `answerers ${group.name} ${neighbourKey(path)} ${network ?? ''}`,
    Array.isArray,
    () =>
      actingGateways(world, group).filter(
        (chassis) =>
          !isFenced(world, chassis, network) &&
          egressObstacle(world, chassis, network) === undefined &&
          neighbourObstacle(world, chassis, path) === undefined,
      ),
  );
}

/** Whether an agent keeps a chassis from a network: on the wire only, so what never gets there passes. */
function isFenced({ fenced }: World, chassis: string, network: string | undefined): boolean {
  return network !== undefined && fenced.has(chassis);
}

/** What keeps those on the wire from finding a chassis. Inside a chassis nobody asks. */
function neighbourObstacle(
  world: World,
  chassis: string,
  { network, family, isResolved = false }: Ways,
): FindingCode | undefined {
  const asked = network !== undefined && !isResolved;
  return asked && !answersNeighbours(world, chassis, family) ? 'neighbour-unanswered' : undefined;
}

function nobodyAnswers(world: World, group: GatewayGroup, path: Path): FindingCode {
  const [acting] = actingGateways(world, group);
  if (acting !== undefined) {
    const blocked = egressObstacle(world, acting, path.network) ?? neighbourObstacle(world, acting, path);
    return blocked ?? 'gateway-unclaimed';
  }
  const [first] = livingMembers(world, group);
  if (first === undefined) return 'no-gateway';
  return viewOf(world, first.chassis) === undefined ? 'flows-missing' : 'gateway-unclaimed';
}

/** What stops a request that came in by a gateway, or the reply to it. */
function roundTripObstacle(
  world: World,
  gateway: string,
  path: Path,
  group: GatewayGroup,
): FindingCode | undefined {
  const there = deliveryObstacle(world, gateway, path);
  if (there !== undefined) return there;
  const back = chosenGateway(world, path.chassis, group, path.formerOrder);
  if (back === gateway) return undefined;
  if (back === undefined) return 'tunnel-down';
  return actsAsGateway(world, back, group) ? 'path-asymmetric' : refused(world, back, group, path);
}

function noChoice(world: World, group: GatewayGroup, { chassis }: Path): FindingCode {
  const [acting] = actingGateways(world, group);
  if (acting !== undefined && !tunnelWorks(world, chassis, acting)) return 'tunnel-down';
  return livingMembers(world, group).length > 0 ? 'gateway-unclaimed' : 'no-gateway';
}

/** A chassis takes a dead member for usable only where no BFD runs. */
function unreached(world: World, gateway: string): FindingCode {
  return switches(world, gateway) ? 'tunnel-down' : 'no-gateway';
}

/** Why packets arrive at a member that does not act: it has no flows, or the acting one cannot be seen from here. */
function refused(world: World, gateway: string, group: GatewayGroup, { chassis }: Path): FindingCode {
  if (viewOf(world, gateway) === undefined) return 'flows-missing';
  const [acting] = actingGateways(world, group);
  return acting !== undefined && !tunnelWorks(world, chassis, acting) ? 'tunnel-down' : 'gateway-unclaimed';
}
