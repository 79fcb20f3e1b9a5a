import type { NbTables } from '@berth/ovn';
import { compareText, heldRows } from '../../fabric/tables.ts';
import { addressValue, isWithin, type Prefix, spanOf } from './address-text.ts';
import type { North } from './north.ts';
import { policiesOf } from './policies.ts';
import type { RouterView } from './router-view.ts';

type RouteRow = NbTables['Logical_Router_Static_Route'];

/** How packets get out of a router. */
export type WayOut = {
  /** Router ports that packets of an address leave by towards the world; none without a route. */
  ports(logicalIp: string): readonly string[];
  /** Whether a policy decides about everything that comes from an address, its neighbours outside included. */
  isForced(logicalIp: string): boolean;
  /** Matches of policies that lead a part of it elsewhere. */
  partly(logicalIp: string): readonly string[];
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
  const known = new Map<string, readonly string[]>();
  const hasSource = policies !== undefined || routes.some(({ isBySource }) => isBySource);
  const forced = (logicalIp: string): readonly string[] | undefined => {
    const address = policies && addressValue(logicalIp);
    const nextHops = address && policies.nextHops(address);
    return nextHops?.flatMap((nextHop) => portTowards(router, nextHop) ?? []);
  };
  return {
    ports(logicalIp) {
      const key = hasSource ? logicalIp : String(logicalIp.includes(':'));
      const ports = known.get(key) ?? forced(logicalIp) ?? leaving(routes, logicalIp);
      known.set(key, ports);
      return ports;
    },
    isForced: (logicalIp) => forced(logicalIp) !== undefined,
    partly(logicalIp) {
      const address = policies && addressValue(logicalIp);
      return address === undefined ? [] : (policies?.partly(address) ?? []);
    },
  };
}

function leaving(routes: readonly Route[], logicalIp: string): readonly string[] {
  const address = addressValue(logicalIp);
  if (address === undefined) return [];
  const fitting = routes.filter(({ prefix, isBySource }) =>
    isBySource ? isWithin(prefix, address) : prefix.length === 0 && prefix.bits === address.bits,
  );
  const best = Math.max(...fitting.map(weight));
  return [
    ...new Set(fitting.filter((route) => weight(route) === best).flatMap(({ port }) => port ?? [])),
  ].sort(compareText);
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

function portTowards({ ports }: RouterView, nextHop: string): string | undefined {
  const address = addressValue(nextHop);
  if (address === undefined) return undefined;
  return ports.find(({ networks }) => networks.some((network) => isWithin(network, address)))?.name;
}
