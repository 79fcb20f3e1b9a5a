import type { GatewayGroup } from '../../fabric/fabric.ts';
import type { ExternalFlow } from '../flow.ts';
import { routeOf } from '../state-of.ts';
import { egressObstacle } from '../world/egress.ts';
import type { World } from '../world/world.ts';
import { atOnce, type Elements } from './element.ts';
import { type Fate, fateOf } from './fate.ts';
import type { FlowClass } from './flow-class.ts';
import { type Role, type RoleOf, rolesBy } from './role.ts';
import { nowhere } from './roster.ts';
import { type GroupShape, shapeOfGroup, traitsOf } from './shape.ts';

/** The classes of flows that differ in nothing but the chassis of their workloads. */
export type Lane = {
  /** The class of a flow whose workload is on this node. */
  readonly classAt: (home: number, flow: ExternalFlow) => FlowClass;
};

/** What lanes are made from and put into. */
export type LaneParts = {
  /** Changes in the claims of workload ports. */
  base: World;
  readonly elements: Elements;
  /** By the key of a shape. */
  readonly fates: Map<string, Fate>;
  readonly enlist: (made: FlowClass) => void;
};

/** Flows whose NAT runs where the workload is: nothing but that chassis counts. `isIdle` where there is no group; `kind` is direction and family. */
export function distributedLane(parts: LaneParts, network: string, isIdle: boolean, kind: string): Lane {
  const { base, elements } = parts;
  return laneOf(parts, {
    chassis: [],
    key: `distributed ${kind} ${isIdle ? 'without a group' : ''}`,
    roleOf: rolesBy((home) => {
      const name = elements.nodes[home] ?? '';
      return { text: `${egressObstacle(base, name, network) ?? ''} ${traitsOf(base, name)}`, number: 0 };
    }),
  });
}

/** Flows that pass a gateway group: its chassis count, and the workload's. `kind` is direction and family. */
export function centralizedLane(parts: LaneParts, { chassis, key, roleOf }: GroupShape, kind: string): Lane {
  return laneOf(parts, { chassis, key: `centralized ${kind} ${key}`, roleOf });
}

/** The shapes of groups on a network, each worked out once. */
export function shapesOf(
  base: World,
  elements: Elements,
): (group: GatewayGroup, network: string | undefined) => GroupShape {
  const known = new Map<string, GroupShape>();
  return (group, network) => {
    const key = `${group.name} ${network ?? ''}`;
    const shape = known.get(key) ?? shapeOfGroup(base, elements, group, network, atOnce);
    known.set(key, shape);
    return shape;
  };
}

type LaneShape = {
  /** The places that all classes of the lane have. */
  readonly chassis: readonly string[];
  readonly key: string;
  /** All about the workload's chassis that the fate depends on. */
  readonly roleOf: RoleOf;
};

function laneOf(parts: LaneParts, { chassis, key, roleOf }: LaneShape): Lane {
  const { elements, fates, enlist } = parts;
  const shared = chassis.map((name) => elements.placeOf.get(name) ?? nowhere);
  const classes = new Array<FlowClass | undefined>(elements.nodes.length);
  const byRole = new Map<Role, Fate>();
  const newFate = (name: string, flow: ExternalFlow): Fate => {
    const places = chassis.includes(name) ? chassis : [...chassis, name];
    return fateOf(parts.base, routeOf(parts.base, flow), places, elements.kinds);
  };
  const fateAt = (home: number, flow: ExternalFlow): Fate => {
    const role = roleOf(home);
    const known = byRole.get(role);
    if (known !== undefined) return known;
    const fate = fates.get(`${role.text} ${key}`) ?? newFate(elements.nodes[home] ?? '', flow);
    fates.set(`${role.text} ${key}`, fate);
    byRole.set(role, fate);
    return fate;
  };
  return {
    classAt: (node, flow) => {
      const before = classes[node];
      if (before !== undefined) return before;
      const fate = fateAt(node, flow);
      const home = shared.includes(node) ? undefined : node;
      const made: FlowClass = { shared, home, fate, size: 0, last: nowhere };
      classes[node] = made;
      enlist(made);
      return made;
    },
  };
}
