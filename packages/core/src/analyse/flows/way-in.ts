import type { NbTables } from '@berth/ovn';
import type { Uuid } from '@berth/ovsdb/value';
import { heldRows } from '../../fabric/tables.ts';
import { type AddressValue, addressValue, isWithin, type Prefix, spanOf } from './address-text.ts';
import type { North } from './north.ts';
import { portTowards } from './policies.ts';
import type { RouterView } from './router-view.ts';

type RouteRow = NbTables['Logical_Router_Static_Route'];

/** Where a router sends what is for an address behind it. */
export type WayIn =
  /** On a network of its own: to whoever has it on these switches. */
  | { readonly kind: 'switch'; readonly switches: ReadonlySet<Uuid>; readonly ports: readonly string[] }
  /** By a route: back out by a gateway port or to nobody, or to another router. */
  | { readonly kind: 'away' | 'elsewhere'; readonly route: RouteRow }
  /** To where everything goes that nothing is known of. */
  | { readonly kind: 'nowhere' };

type Network = { readonly prefix: Prefix; readonly port: string; readonly on: Uuid | undefined };
type Route = { readonly prefix: Prefix; readonly way: WayIn };

const nowhere: WayIn = { kind: 'nowhere' };

/**
 * The ways in of a router: its networks and its routes by destination, of which the longest prefix wins, and of equal ones the network
 * (ovn-northd, `build_route_prefix`). Default routes lead out, and what policies do is not looked at.
 */
export function waysIn(north: North, router: RouterView): (ip: string) => WayIn {
  const networks = router.ports.flatMap(({ name, networks: own }) =>
    own.map((prefix): Network => ({ prefix, port: name, on: north.switchOf.get(name) })),
  );
  const routes = heldRows(router.row.static_routes, north.staticRoute).flatMap((row) =>
    readRoute(router, row),
  );
  return (ip) => {
    const address = addressValue(ip);
    if (address === undefined) return nowhere;
    const near = longest(networks, address);
    const [route] = longest(routes, address);
    const [network] = near;
    if (network === undefined) return route?.way ?? nowhere;
    if (route !== undefined && route.prefix.length > network.prefix.length) return route.way;
    const ports = near.map(({ port }) => port);
    return { kind: 'switch', switches: new Set(near.flatMap(({ on }) => on ?? [])), ports };
  };
}

/** Those of the longest prefix that an address is in. */
function longest<T extends { readonly prefix: Prefix }>(
  all: readonly T[],
  address: AddressValue,
): readonly T[] {
  const fitting = all.filter(({ prefix }) => isWithin(prefix, address));
  if (fitting.length < 2) return fitting;
  const length = Math.max(...fitting.map(({ prefix }) => prefix.length));
  return fitting.filter(({ prefix }) => prefix.length === length);
}

/** A route of the main table to a part of the world; none for one that northd leaves out because no port is on its next hop's network. */
function readRoute(router: RouterView, row: RouteRow): readonly Route[] {
  const prefix = spanOf(row.ip_prefix);
  if (prefix === undefined || prefix.length === 0 || row.policy === 'src-ip' || row.route_table) return [];
  if (row.nexthop === 'discard') return [{ prefix, way: { kind: 'away', route: row } }];
  const port = row.output_port ?? portTowards(router, row.nexthop);
  if (port === undefined) return [];
  const isOut = router.gatewayPorts.some(({ name }) => name === port);
  return [{ prefix, way: { kind: isOut ? 'away' : 'elsewhere', route: row } }];
}
