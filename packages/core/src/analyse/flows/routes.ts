import type { NbTables } from '@berth/ovn';
import { compareText, heldRows } from '../../fabric/tables.ts';
import { addressValue, isWithin, type Prefix, spanOf } from './address-text.ts';
import type { North } from './north.ts';
import { type Decision, policiesOf, portTowards } from './policies.ts';
import type { RouterView } from './router-view.ts';

type RouteRow = NbTables['Logical_Router_Static_Route'];

/** How packets get out of a router. */
export type WayOut = {
  /** Router ports that packets of an address leave by towards the world; none without a route. */
  ports(logicalIp: string): readonly string[];
  /** The prefix length of the route by source that decides about what comes from an address; undefined where none does. */
  bySource(logicalIp: string): number | undefined;
  /** The networks of routes to a part of the world that lead the packets of an address elsewhere than by a port. */
  elsewhere(logicalIp: string, by: string): readonly string[];
  /** What policies do to everything that comes from an address, to its neighbours outside as well. */
  leaving(logicalIp: string): Decision;
  /** What policies do to what comes for an address by a router port. */
  arriving(logicalIp: string, by: string): Decision;
};

type Route = {
  readonly prefix: Prefix;
  readonly isBySource: boolean;
  /** Undefined where the route drops, or northd leaves it out. */
  readonly port: string | undefined;
  readonly text: string;
};

/**
 * The ways out of a router: policies, default routes, and routes by source, of which the longest prefix wins
 * (ovn-nb(5), Logical_Router_Static_Route). Routes to a part of the world are no way out, unless all parts have one, as with 0.0.0.0/1 and
 * 128.0.0.0/1: then nothing is left to the default route.
 */
export function waysOut(north: North, router: RouterView): WayOut {
  const all = heldRows(router.row.static_routes, north.staticRoute).flatMap((row) => readRoute(router, row));
  const parts = all.filter(isOfPart);
  const routes = [...all.filter((route) => !isOfPart(route)), ...coveringAll(parts)];
  const policies = (router.row.policies?.size ?? 0) > 0 ? policiesOf(north, router) : undefined;
  const leavingBy = (logicalIp: string): Decision => policies?.leaving(logicalIp) ?? nothing;
  const known = new Map<string, readonly string[]>();
  const hasSource = policies !== undefined || routes.some(({ isBySource }) => isBySource);
  return {
    ports(logicalIp) {
      const key = hasSource ? logicalIp : String(logicalIp.includes(':'));
      const ports = known.get(key) ?? leavingBy(logicalIp).taken?.ports ?? leaving(routes, logicalIp);
      known.set(key, ports);
      return ports;
    },
    bySource: (logicalIp) => {
      const [best] = hasSource ? bestFor(routes, logicalIp) : [];
      return best?.isBySource && best.port !== undefined ? best.prefix.length : undefined;
    },
    elsewhere(logicalIp, by) {
      const bits = logicalIp.includes(':') ? 128 : 32;
      return parts.flatMap(({ prefix, port, text }) => (prefix.bits !== bits || port === by ? [] : text));
    },
    leaving: leavingBy,
    arriving: (logicalIp, by) => policies?.arriving(logicalIp, by) ?? nothing,
  };
}

const nothing: Decision = { taken: undefined, partly: [] };

function leaving(routes: readonly Route[], logicalIp: string): readonly string[] {
  return [...new Set(bestFor(routes, logicalIp).flatMap(({ port }) => port ?? []))].sort(compareText);
}

/** The routes to the world that win for an address. */
function bestFor(routes: readonly Route[], logicalIp: string): readonly Route[] {
  const address = addressValue(logicalIp);
  if (address === undefined) return [];
  const fitting = routes.filter(({ prefix, isBySource }) =>
    isBySource ? isWithin(prefix, address) : prefix.bits === address.bits,
  );
  const best = Math.max(...fitting.map(weight));
  return fitting.filter((route) => weight(route) === best);
}

/** northd ranks a route by destination just above one by source of the same length. */
function weight({ prefix, isBySource }: Route): number {
  return prefix.length * 2 + (isBySource ? 0 : 1);
}

function isOfPart({ isBySource, prefix }: Route): boolean {
  return !isBySource && prefix.length > 0;
}

/** Those of a family that leave out no address, without those inside another, as routes of one length: each of them is longer than a default route. */
function coveringAll(parts: readonly Route[]): readonly Route[] {
  return [...Map.groupBy(parts, ({ prefix }) => prefix.bits).values()].flatMap((routes) => {
    const outer = routes.filter(({ prefix }) => !routes.some((other) => isInside(prefix, other.prefix)));
    if (!coversAll(outer)) return [];
    const length = Math.max(...outer.map(({ prefix }) => prefix.length));
    return outer.map((route) => ({ ...route, prefix: { ...route.prefix, length } }));
  });
}

function isInside({ first: value, bits, length }: Prefix, outer: Prefix): boolean {
  return outer.length < length && isWithin(outer, { value, bits });
}

function coversAll(routes: readonly Route[]): boolean {
  const spans = new Map(routes.map(({ prefix }) => [prefix.first, prefix]));
  const addresses = [...spans.values()].reduce((sum, { bits, length }) => sum + sizeOf(bits - length), 0n);
  const [route] = routes;
  return route !== undefined && addresses === sizeOf(route.prefix.bits);
}

function sizeOf(bits: number): bigint {
  return 1n << BigInt(bits);
}

/** Of routes to a part of the world none of another table, and none that northd leaves out because no port is on its next hop's network. */
function readRoute(router: RouterView, row: RouteRow): readonly Route[] {
  const prefix = spanOf(row.ip_prefix);
  const isBySource = row.policy === 'src-ip';
  if (prefix === undefined) return [];
  const isDropped = row.nexthop === 'discard';
  const port = isDropped ? undefined : (row.output_port ?? portTowards(router, row.nexthop));
  const route = { prefix, isBySource, port, text: row.ip_prefix };
  if (!isOfPart(route)) return isDropped ? [] : [route];
  return row.route_table || (port === undefined && !isDropped) ? [] : [route];
}
