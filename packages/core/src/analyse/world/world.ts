import { losesSb } from '../../fabric/database-members.ts';
import type { DataPlane, Fabric, GatewayGroup, GroupMember } from '../../fabric/fabric.ts';
import type { Failure, FailureSet } from '../../fabric/failure.ts';
import { frozenChassis } from '../../fabric/frozen.ts';
import { alsoFailed, type Failed } from './failed.ts';
import { type Monitoring, monitoring, watchedPeers } from './monitoring.ts';
import { ordersOf } from './orders-of.ts';
import { reportedFailures } from './reported.ts';

const nobody: ReadonlySet<string> = new Set();

/** Orders multiply from set to set. */
const rivalsAtMost = 64;

/**
 * The network at one instant, everything settled. Worlds form a chain, because a chassis whose ovn-controller no longer
 * works keeps the flows of the last world in which it did. Making one costs the failures, not the network.
 */
export type World = {
  readonly fabric: Fabric;
  readonly plane: DataPlane;
  /** Which pairs of chassis watch each other. */
  readonly monitoring: Monitoring;
  readonly failed: Failed;
  /** Chassis that had flows of an earlier time before anything failed, each with why: see `frozenChassis`. */
  readonly frozen: ReadonlyMap<string, string>;
  /** The failures that made this world of the one before. */
  readonly latest: FailureSet;
  readonly previous: World | undefined;
  /** Chassis whose record is gone from SB. */
  readonly absent: ReadonlySet<string>;
  /** Chassis that took down their tunnel ports: the absent, and those that tried to leave and could not tell SB. */
  readonly detached: ReadonlySet<string>;
  /** Chassis whose ovn-controller waits for SB to let it go: it changes nothing any more, and still answers. */
  readonly hanging: ReadonlySet<string>;
  /** Chassis whose agents keep them from playing the gateway, because another chassis does. */
  readonly fenced: ReadonlySet<string>;
  /** Worlds that may be instead, because failures at one moment still have an order: see `ordersOf`. */
  readonly rivals: readonly World[];
  /** Answers that were worked out already; only {@link remember} touches it. */
  readonly memo: Map<string, unknown>;
};

/** The world before anything failed. Throws RangeError for a fabric without its data plane: one made by hand. */
export function baseWorld(fabric: Fabric): World {
  const plane = fabric.dataPlane;
  if (plane === undefined) throw new RangeError('the fabric was not read from NB and SB');
  return {
    fabric,
    plane,
    monitoring: monitoring(plane),
    failed: reportedFailures(fabric, plane),
    frozen: frozenChassis(fabric),
    latest: [],
    previous: undefined,
    absent: nobody,
    detached: nobody,
    hanging: nobody,
    fenced: nobody,
    rivals: [],
    memo: new Map(),
  };
}

/** The world after failures that happen at once, when everything has settled. */
export function afterFailures(previous: World, latest: FailureSet): World {
  const world = nextWorld(previous, latest);
  const orders = ordersOf(
    (chassis) => previous.failed.controls.has(chassis),
    (chassis) => watchedPeers(previous.monitoring, chassis),
    latest,
  );
  const rivals = [
    ...orders.map((sets) => inOrder(previous, sets)),
    ...withoutMajority(previous, world),
    ...previous.rivals.flatMap((rival) => [[latest], ...orders].map((sets) => inOrder(rival, sets))),
  ];
  return rivals.length === 0 ? world : { ...world, rivals: rivals.slice(0, rivalsAtMost) };
}

function inOrder(previous: World, sets: readonly FailureSet[]): World {
  return sets.reduce((world, set) => nextWorld(world, set), previous);
}

/**
 * A member of SB's cluster that lost the others serves those it has for a moment longer, and they see what failed with the
 * others; or they do not.
 */
function withoutMajority(previous: World, { latest, failed }: World): readonly World[] {
  if (!failed.sb || alsoFailed(previous.failed, latest).sb) return [];
  return [nextWorld(nextWorld(previous, latest, 'served'), [{ kind: 'sb' }])];
}

/** `served`: members of SB that are left go on serving, whether they are the majority or not. */
function nextWorld(previous: World, latest: FailureSet, sb: 'served' | 'by-majority' = 'by-majority'): World {
  const directly = alsoFailed(previous.failed, latest);
  const failed = sb === 'served' ? directly : withItsDatabases(previous.fabric, directly);
  const world: World = { ...previous, failed, latest, previous, rivals: [], memo: new Map() };
  const killed = new Set(latest.flatMap((failure) => (isKill(failure) ? [failure.node] : [])));
  const leaving = latest.flatMap((failure) =>
    failure.kind === 'ovn-controller-exit' &&
    controllerRuns(previous, failure.node) &&
    !failed.hosts.has(failure.node) &&
    !killed.has(failure.node)
      ? [failure.node]
      : [],
  );
  const hanging = [...previous.hanging].filter((chassis) => !killed.has(chassis));
  if (leaving.length === 0 && hanging.length === previous.hanging.size) return world;
  const gone = leaving.filter((chassis) => reachesSb(world, chassis));
  return {
    ...world,
    absent: new Set([...previous.absent, ...gone]),
    detached: new Set([...previous.detached, ...leaving]),
    hanging: new Set([...hanging, ...leaving.filter((chassis) => !gone.includes(chassis))]),
  };
}

/** Members of SB's cluster go down with their hosts, and a member that is cut off counts for nothing. */
function withItsDatabases(fabric: Fabric, failed: Failed): Failed {
  if (failed.sb) return failed;
  const isGone = (chassis: string): boolean => failed.hosts.has(chassis) || failed.controls.has(chassis);
  return losesSb(fabric, isGone) === true ? { ...failed, sb: true } : failed;
}

/** Whether a failure ends ovn-controller without asking it. What ends at once with an exit comes before it. */
function isKill(failure: Failure): failure is Extract<Failure, { readonly node: string }> {
  return failure.kind === 'ovn-controller' || failure.kind === 'zombie' || failure.kind === 'host';
}

/** Works something out once per world. The key says what it is and of which type. */
export function remember<Result>(
  world: World,
  key: string,
  isResult: (value: unknown) => value is Result,
  work: () => Result,
): Result {
  const known = world.memo.get(key);
  if (isResult(known)) return known;
  const result = work();
  world.memo.set(key, result);
  return result;
}

/** Whether the node's vswitchd forwards packets. */
export function switches({ failed }: World, chassis: string): boolean {
  return !failed.hosts.has(chassis) && !failed.switches.has(chassis);
}

/** Whether the process runs, connected or not. */
export function controllerRuns({ failed }: World, chassis: string): boolean {
  return !failed.controllers.has(chassis) && !failed.hosts.has(chassis);
}

/**
 * Whether the node's ovn-controller keeps its flows up to date: it runs and takes itself for connected to SB. One that is
 * cut off finds out only by its probe (ovn-controller(8), ovn-remote-probe-interval), which takes longer than BFD: it
 * still goes along with what fails together with the cut. One whose server ends is told so at once. One that stood still before
 * anything failed keeps the flows it has.
 */
export function follows(world: World, chassis: string): boolean {
  if (!controllerRuns(world, chassis) || world.failed.sb || world.frozen.has(chassis)) return false;
  return !world.failed.controls.has(chassis) || world.previous?.failed.controls.has(chassis) === false;
}

/** Whether what the node writes arrives in SB. */
export function reachesSb({ failed }: World, chassis: string): boolean {
  return !failed.sb && !failed.controls.has(chassis);
}

/** The world that the node's flows are of; undefined when it has none: an emptied flow table, or no vswitchd. */
export function viewOf(world: World, chassis: string): World | undefined {
  if (!switches(world, chassis) || world.failed.emptied.has(chassis)) return undefined;
  return configuredIn(world, chassis);
}

/** The world in which the node's ovn-controller last worked: its tunnels and their BFD are of that. */
export function configuredIn(world: World, chassis: string): World {
  let at = world;
  while (!follows(at, chassis) && at.previous !== undefined) at = at.previous;
  return at.failed.controls.has(chassis) ? unheard(at) : at;
}

/** The world as one sees it that was cut off in it: tunnels that went with those that left, and their records in SB. */
function unheard(world: World): World {
  const absent = world.previous?.absent ?? nobody;
  if (absent.size === world.absent.size) return world;
  return remember(world, 'unheard', isWorld, () => ({ ...world, absent, rivals: [], memo: new Map() }));
}

function isWorld(value: unknown): value is World {
  return typeof value === 'object' && value !== null && 'latest' in value;
}

/** A group as the rows of a world have it: the one a path was worked out with may be of another world. */
export function groupIn({ plane }: World, group: GatewayGroup): GatewayGroup {
  return namedGroups(plane).get(group.name) ?? group;
}

const known = new WeakMap<object, ReadonlyMap<string, GatewayGroup>>();

function namedGroups({ groups }: DataPlane): ReadonlyMap<string, GatewayGroup> {
  const named = known.get(groups) ?? new Map([...groups.values()].map((group) => [group.name, group]));
  known.set(groups, named);
  return named;
}

/** Whether SB has a record of the member's chassis. */
export function isPresent(world: World, { chassis, present }: GroupMember): boolean {
  return present && !world.absent.has(chassis);
}

/** Members with a chassis record, in the order of election. */
export function presentMembers(world: World, group: GatewayGroup): readonly GroupMember[] {
  const { members } = groupIn(world, group);
  return world.absent.size === 0
    ? members.filter(({ present }) => present)
    : members.filter((member) => isPresent(world, member));
}

/** Members with a chassis record whose vswitchd forwards packets, in the order of election. */
export function livingMembers(world: World, group: GatewayGroup): readonly GroupMember[] {
  return presentMembers(world, group).filter(({ chassis }) => switches(world, chassis));
}

/** The chassis that claims a workload's port in SB. A chassis that left gave its claims up. */
export function claimOf(world: World, port: string): string | undefined {
  const chassis = world.fabric.claims.get(port);
  return chassis !== undefined && world.absent.has(chassis) ? undefined : chassis;
}
