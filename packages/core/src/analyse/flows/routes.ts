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
  /** What policies do to everything that comes from an address, to its neighbours outside as well. */
  leaving(logicalIp: string): Decision;
  /** What policies do to what comes for an address by a router port. */
  arriving(logicalIp: string, by: string): Decision;
};

type Route = { readonly prefix: Prefix; readonly isBySource: boolean; readonly port: string | undefined };

/**
 * The ways out of a router: policies, default routes, and routes by source, of which the longest prefix wins
 * (ovn-nb(5), Logical_Router_Static_Route). Routes to a part of the world are no way out.
 */
export function waysOut(north: North, router: RouterView): WayOut {
  const routes = heldRows(router.row.static_routes, north.staticRoute).flatMap((row) =>
    readRoute(router, row),
  );
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
    isBySource ? isWithin(prefix, address) : prefix.length === 0 && prefix.bits === address.bits,
  );
  const best = Math.max(...fitting.map(weight));
  return fitting.filter((route) => weight(route) === best);
}

/** northd ranks a route by destination just above one by source of the same length. */
function weight({ prefix, isBySource }: Route): number {
  return prefix.length * 2 + (isBySource ? 0 : 1);
}

function readRoute(router: RouterView, row: RouteRow): readonly Route[] {
  const prefix = spanOf(row.ip_prefix);
  const isBySource = row.policy === 'src-ip';
  if (prefix === undefined || (!isBySource && prefix.length > 0) || row.nexthop === 'discard') return [];
  return [{ prefix, isBySource, port: row.output_port ?? portTowards(router, row.nexthop) }];
}
