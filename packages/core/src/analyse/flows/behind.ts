import { parseMac } from '@berth/net';
import type { Uuid } from '@berth/ovsdb/value';
import type { ExternalFlow, Obstacle, RowRef } from '../flow.ts';
import type { North } from './north.ts';
import type { RouterContext } from './router-context.ts';

/** What keeps packets from a workload whatever is alive, or what nobody can tell of it. */
export type Behind = Pick<ExternalFlow, 'obstacle' | 'doubt'>;

/** Nothing is. */
export const fine: Behind = { obstacle: undefined };

/** What routes and switches do to packets for an address: they come to its port, or go elsewhere. `port` is undefined where none has it. */
export function behind(
  context: RouterContext,
  port: string | undefined,
  logicalIp: string,
  ref: RowRef,
): Behind {
  const { north, router, wayIn } = context;
  const way = wayIn(logicalIp);
  const on = port === undefined ? undefined : north.ports.get(port)?.on;
  if (way.kind === 'switch' && (on === undefined || way.switches.has(on))) {
    return on === undefined ? fine : handedOver(context, way.ports, on, ref);
  }
  if (way.kind === 'elsewhere') {
    const { ip_prefix, nexthop } = way.route;
    const doubt = `where ${nexthop} sends what is for ${logicalIp}, to which the route of router ${router.name} for ${ip_prefix} leads`;
    return { ...fine, doubt };
  }
  if (way.kind === 'away') {
    const { _uuid: uuid, ip_prefix: name, nexthop } = way.route;
    const why = `the route of router ${router.name} for ${name} by ${nexthop} takes what is for ${logicalIp} away from its port`;
    const route: RowRef = { db: 'NB', table: 'Logical_Router_Static_Route', uuid, name };
    return { obstacle: { reason: 'route-hides-subnet', why, rows: [ref, route], isAnswered: true } };
  }
  const why =
    way.kind === 'switch'
      ? `router ${router.name} looks for ${logicalIp} on another switch than that of port ${port}`
      : `router ${router.name} is on no network that has ${logicalIp}, so nothing leads there`;
  return { obstacle: { reason: 'target-outside-vpc', why, rows: [ref], isAnswered: true } };
}

/** Whether the switch of a workload hands to the router what is for the router. */
function handedOver({ north }: RouterContext, routerPorts: readonly string[], on: Uuid, ref: RowRef): Behind {
  const here = routerPorts.filter((name) => north.switchOf.get(name) === on);
  const ways = here.map((name) => handOver(north, name, 'centralized', ref));
  return { obstacle: ways.every((each) => each !== undefined) ? ways[0] : undefined };
}

/**
 * What keeps a switch from giving a router what is for it: its port towards the router has another address, or none (ovn-nb(5),
 * Logical_Switch_Port addresses). What is for the MACs of distributed rows comes to it by the word `router` only.
 */
export function handOver(
  north: North,
  routerPort: string,
  placement: ExternalFlow['placement'],
  ref: RowRef,
): Obstacle | undefined {
  const port = north.switchPortOf.get(routerPort);
  if (port === undefined) return undefined;
  const addresses = [...(port.addresses ?? [])];
  if (addresses.some((text) => text === 'router')) return undefined;
  const mac = parseMac(north.routerPortNamed(routerPort)?.mac ?? '');
  const isOwn = (text: string): boolean => text === 'unknown' || parseMac(text.split(' ')[0] ?? '') === mac;
  if (placement === 'centralized' && mac !== undefined && addresses.some(isOwn)) return undefined;
  const why = `switch port ${port.name} does not have the address "router", so nothing is handed to router port ${routerPort}`;
  const row: RowRef = { db: 'NB', table: 'Logical_Switch_Port', uuid: port._uuid, name: port.name };
  return { reason: 'nat-ignored', why, rows: [ref, row], isAnswered: true };
}
