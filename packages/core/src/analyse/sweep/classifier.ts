import type { Fabric } from '../../fabric/fabric.ts';
import type { ExternalFlow } from '../flow.ts';
import { familyOf, isPath } from '../outcome/path.ts';
import { routeOf, sendsToNobody } from '../state-of.ts';
import type { World } from '../world/world.ts';
import { atOnce, type Elements } from './element.ts';
import { fateOf } from './fate.ts';
import type { FlowClass } from './flow-class.ts';
import { centralizedLane, distributedLane, type Lane, type LaneParts, shapesOf } from './lane.ts';
import { nowhere } from './roster.ts';
import { shapeOfGroup } from './shape.ts';
import { enlist, type Tally } from './tally.ts';

/** Finds the class of a flow, and makes it when there is none yet. */
export type Classifier = {
  readonly classOf: (flow: ExternalFlow) => FlowClass;
  /** Reads flows from now on against a fabric that differs in the claims of workload ports only. */
  readonly follow: (fabric: Fabric) => void;
  /** Drops what is remembered of a flow that is gone. */
  readonly forget: (flow: ExternalFlow) => void;
};

/** Classes of flows in a world, put into the tally. */
export function classifier(base: World, elements: Elements, tally: Tally): Classifier {
  const parts: LaneParts = { base, elements, fates: new Map(), enlist: (made) => enlist(tally, made) };
  const laneOf = lanesOf(parts);
  const odd = new Map<ExternalFlow, FlowClass>();
  const oddOf = (flow: ExternalFlow): FlowClass => {
    const one = odd.get(flow) ?? oddClass(parts, flow);
    odd.set(flow, one);
    return one;
  };
  // Flows of one workload come one after the other.
  let port: string | undefined;
  let home: number | undefined;
  const homeOf = (logicalPort: string | undefined): number | undefined => {
    if (logicalPort === port) return home;
    const claim = logicalPort === undefined ? undefined : parts.base.fabric.claims.get(logicalPort);
    port = logicalPort;
    home = claim === undefined ? undefined : elements.placeOf.get(claim);
    return home;
  };
  return {
    classOf: (flow) => {
      const home = homeOf(flow.logicalPort);
      const lane = home === undefined ? undefined : laneOf(flow);
      return lane === undefined || home === undefined ? oddOf(flow) : lane.classAt(home, flow);
    },
    follow: (fabric) => {
      port = undefined;
      home = undefined;
      parts.base = { ...parts.base, fabric, plane: fabric.dataPlane ?? parts.base.plane, memo: new Map() };
    },
    forget: (flow) => odd.delete(flow),
  };
}

type LaneOf = (flow: ExternalFlow) => Lane | undefined;

/** The lanes of flows that differ in nothing but their direction. */
type ByDirection = { inbound: Lane | undefined; outbound: Lane | undefined; hairpin: Lane | undefined };

type ByFamily = { readonly v4: ByDirection; readonly v6: ByDirection };

type PortLanes = {
  readonly network: string;
  readonly centralized: ByFamily;
  readonly distributed: ByFamily;
};

const noLanes = (): ByDirection => ({ inbound: undefined, outbound: undefined, hairpin: undefined });

const noFamilies = (): ByFamily => ({ v4: noLanes(), v6: noLanes() });

/** Finds lanes: one for each direction of a gateway group on a network, and of all distributed flows on one. */
function lanesOf(parts: LaneParts): LaneOf {
  const shapeOf = shapesOf(parts.base, parts.elements);
  const ports = new Map<string, PortLanes>();
  const distributed = new Map<string, Lane>();
  const newLane = (
    flow: ExternalFlow,
    gatewayPort: string,
    network: string,
    kind: string,
  ): Lane | undefined => {
    const group = parts.base.plane.groups.get(gatewayPort);
    if (flow.placement === 'centralized') {
      return group && centralizedLane(parts, shapeOf(group, network), kind);
    }
    const isIdle = group === undefined;
    const key = `${kind} ${network} ${isIdle}`;
    const lane = distributed.get(key) ?? distributedLane(parts, network, isIdle, kind);
    distributed.set(key, lane);
    return lane;
  };
  const portLanes = (key: string, network: string): PortLanes | undefined => {
    const known = ports.get(key);
    if (known !== undefined) return known.network === network ? known : undefined;
    const made: PortLanes = { network, centralized: noFamilies(), distributed: noFamilies() };
    ports.set(key, made);
    return made;
  };
  // The flows of one target come one after the other.
  let last: ExternalFlow | undefined;
  let lastLanes: ByDirection | undefined;
  const lanesAt = (flow: ExternalFlow, gatewayPort: string, network: string): ByDirection | undefined => {
    if (
      last !== undefined &&
      last.gatewayPort === gatewayPort &&
      last.network === network &&
      last.externalIp === flow.externalIp &&
      last.logicalIp === flow.logicalIp &&
      last.placement === flow.placement &&
      last.installed === flow.installed
    ) {
      return lastLanes;
    }
    last = flow;
    const lanes = portLanes(`${gatewayPort}${knownTo(parts.base, flow)}`, network)?.[flow.placement];
    lastLanes = familyOf(flow) === 6 ? lanes?.v6 : lanes?.v4;
    return lastLanes;
  };
  return (flow) => {
    const { gatewayPort, network, direction } = flow;
    if (gatewayPort === undefined || network === undefined || !isPlain(flow)) return undefined;
    const lanes = lanesAt(flow, gatewayPort, network);
    if (lanes === undefined) return undefined;
    const before = lanes[direction];
    if (before !== undefined) return before;
    const kind = `${direction} ${familyOf(flow)}${knownTo(parts.base, flow)}`;
    const lane = newLane(flow, gatewayPort, network, kind);
    lanes[direction] = lane;
    return lane;
  };
}

/** Where nodes stand still it matters which of them know the flow, and whether its router knows anybody outside. */
function knownTo(world: World, flow: ExternalFlow): string {
  if (world.frozen.size === 0) return '';
  const known = [...world.frozen.keys()].map((name) => flow.installed?.get(name));
  return ` ${known.join()} ${known.includes(true) && sendsToNobody(world, flow)}`;
}

/** Whether a flow leaves and comes back by one way, with nothing else in it. */
function isPlain({
  obstacle,
  doubt,
  source,
  router,
  logicalPort,
  gatewayPort,
  placement,
  network,
  direction,
  lingering,
  strays,
  untoldGateways,
  overtaken,
  formerGateways,
  asBefore,
}: ExternalFlow): boolean {
  if (obstacle !== undefined || doubt !== undefined) return false;
  if (
    untoldGateways !== undefined ||
    strays !== undefined ||
    lingering !== undefined ||
    overtaken !== undefined ||
    asBefore !== undefined
  )
    return false;
  if (formerGateways !== undefined || source?.formerGateways !== undefined) return false;
  if (source === undefined) return direction !== 'hairpin';
  return (
    source.obstacle === undefined &&
    source.doubt === undefined &&
    source.router === router &&
    source.logicalPort === logicalPort &&
    source.gatewayPort === gatewayPort &&
    source.placement === placement &&
    source.network === network
  );
}

/** The class of a flow that has nothing in common with others: one of two workloads, or that nothing can deliver. */
function oddClass({ base, elements, enlist: put }: LaneParts, flow: ExternalFlow): FlowClass {
  const route = routeOf(base, flow);
  const stuck = flow.obstacle ?? flow.source?.obstacle ?? flow.doubt ?? flow.source?.doubt;
  const paths = stuck === undefined ? [route.to, route.from] : [];
  const chassis = paths.flatMap((path) => {
    if (path === undefined || !isPath(path)) return [];
    const { placement, group, network, formerOrder = [] } = path;
    const shape =
      placement === 'distributed' || group === undefined
        ? undefined
        : shapeOfGroup(base, elements, group, network, atOnce);
    return [...(shape?.chassis ?? []), path.chassis, ...formerOrder];
  });
  const still = [...(flow.lingering ?? []), ...(flow.strays ?? []), ...(flow.untoldGateways ?? [])];
  const names = [...new Set([...chassis, ...still.map((each) => each.chassis)])];
  const made: FlowClass = {
    shared: names.map((name) => elements.placeOf.get(name) ?? nowhere),
    home: undefined,
    fate: fateOf(base, route, names, elements.kinds),
    size: 0,
    last: nowhere,
  };
  put(made);
  return made;
}
