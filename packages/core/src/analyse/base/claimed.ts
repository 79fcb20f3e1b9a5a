import { type Fabric, type GatewayGroup, isReportOf } from '../../fabric/fabric.ts';
import { nodeName } from '../../fabric/node-name.ts';
import { actingGateways } from '../world/election.ts';
import { baseWorld, type World } from '../world/world.ts';

/**
 * The fabric as SB's claims have it. Where nobody reports on the gateway that comes first in a group and another member claims
 * the role, those before that member are taken out of the election: one that is dead or cut off keeps its rows in SB, and the
 * claim is the only word there is. What is taken for granted then is an assumption. Where an agent reports on a gateway, or the ports of
 * one group are claimed by several, the order of the group stands; `contradictions` says of both that they differ. A group that nobody
 * claims has no gateway: who acts says so.
 */
export function asClaimed(fabric: Fabric): Fabric {
  const plane = fabric.dataPlane;
  if (plane === undefined) return fabric;
  const base = baseWorld(fabric);
  const groups = new Map(plane.groups);
  const found = new Map<string, Passed>();
  for (const ports of portsByGroup(plane.groups)) followClaim(base, ports, groups, found);
  if ([...groups].every(([port, group]) => plane.groups.get(port) === group)) return fabric;
  const told = [...found.values()].map((each) => assumption(fabric, each));
  return { ...fabric, dataPlane: { ...plane, groups, assumptions: [...plane.assumptions, ...told] } };
}

/** Changes the group of some ports as SB's claims have it, and notes who was passed over. */
function followClaim(
  base: World,
  ports: readonly string[],
  groups: Map<string, GatewayGroup>,
  found: Map<string, Passed>,
): void {
  const group = groups.get(ports[0] ?? '');
  const claims = new Set(ports.map((port) => base.fabric.claims.get(`cr-${port}`)));
  const [claim] = claims;
  if (group === undefined || claims.size > 1) return;
  if (claim === undefined) {
    if (!isUnclaimed(base, group, ports)) return;
    for (const port of ports) changeGroup(groups, port, (own) => ({ ...own, isUnclaimed: true }));
    return;
  }
  const passed = passedOver(base, group, claim);
  if (passed.length === 0) return;
  const key = [claim, ...passed].join();
  const known = found.get(key)?.ports ?? [];
  found.set(key, { claim, passed, ports: [...known, ...ports] });
  for (const port of ports) changeGroup(groups, port, (own) => without(own, new Set(passed)));
}

function changeGroup(
  groups: Map<string, GatewayGroup>,
  port: string,
  change: (group: GatewayGroup) => GatewayGroup,
): void {
  const own = groups.get(port);
  if (own) groups.set(port, change(own));
}

/** Whether SB has a group that somebody should act for, and its ports, and nobody does. What northd has not come to yet says nothing. */
function isUnclaimed({ plane }: World, group: GatewayGroup, ports: readonly string[]): boolean {
  return group.row !== undefined && ports.every((port) => plane.bindings.has(`cr-${port}`));
}

/** A chassis that claims the role at router ports though others come first. */
type Passed = {
  readonly claim: string;
  readonly passed: readonly string[];
  readonly ports: readonly string[];
};

/** Ports may share a group, and what is worked out about a group is kept by its name. */
function portsByGroup(groups: ReadonlyMap<string, GatewayGroup>): Iterable<readonly string[]> {
  return Map.groupBy(groups.keys(), (port) => groups.get(port)?.name).values();
}

/** The members before the one that claims the role; none where it is the one to act, or where one of them is reported on. */
function passedOver(base: World, group: GatewayGroup, claim: string): readonly string[] {
  const [elected] = actingGateways(base, group);
  if (elected === undefined || elected === claim) return [];
  const present = group.members.filter((member) => member.present).map(({ chassis }) => chassis);
  const before = present.slice(0, Math.max(0, present.indexOf(claim)));
  return before.some((chassis) => isReportedOn(base.fabric, chassis)) ? [] : before;
}

function isReportedOn({ chassis, dataPlane }: Fabric, name: string): boolean {
  const one = chassis.get(name);
  return one !== undefined && (dataPlane?.reports ?? []).some((report) => isReportOf(report, one));
}

function without(group: GatewayGroup, passed: ReadonlySet<string>): GatewayGroup {
  const members = group.members.map((member) =>
    passed.has(member.chassis) ? { ...member, present: false } : member,
  );
  return { ...group, members };
}

function assumption(fabric: Fabric, { claim, passed, ports }: Passed): string {
  const names = passed.map((each) => nodeName(fabric, each)).join(', ');
  const [first = '', ...others] = ports;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return `SB says that ${nodeName(fabric, claim)} acts as the gateway of router port ${first}${more}, though ${names} would come first: ${names} is taken to be dead or cut off, and nobody reports on it`;
}
