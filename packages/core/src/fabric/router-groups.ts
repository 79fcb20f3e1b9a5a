import type { NbTables } from '@berth/ovn';
import type { Snapshot, Uuid } from '@berth/ovsdb/value';
import { finderOf, heldRows, rowsOf } from './tables.ts';

/**
 * The switch ports whose chassis northd counts as witnesses of a router's gateways: those on any switch of the
 * routers that hang together with it, by peers or by a switch they share. By row of the router; routers of one group
 * share one set. Ports that no chassis claims, to routers and to physical networks, are left out.
 */
export function watchedPortsOf(nb: Snapshot<NbTables>): ReadonlyMap<Uuid, ReadonlySet<string>> {
  const routerOfPort = routersByPort(nb);
  const group = new Union();
  joinPeers(nb, routerOfPort, group);
  const claimable = joinSwitches(nb, routerOfPort, group);
  const watched = new Map<Uuid, Set<string>>();
  for (const [row, names] of claimable) {
    const set = watched.get(group.of(row)) ?? new Set();
    for (const name of names) set.add(name);
    watched.set(group.of(row), set);
  }
  const none: ReadonlySet<string> = new Set();
  return new Map(
    [...rowsOf(nb, 'Logical_Router')].map(({ _uuid }) => [_uuid, watched.get(group.of(_uuid)) ?? none]),
  );
}

function joinPeers(nb: Snapshot<NbTables>, routerOfPort: ReadonlyMap<string, Uuid>, group: Union): void {
  for (const { name, peer } of rowsOf(nb, 'Logical_Router_Port')) {
    const [from, to] = [routerOfPort.get(name), peer === undefined ? undefined : routerOfPort.get(peer)];
    if (from !== undefined && to !== undefined) group.join(from, to);
  }
}

/** Joins each switch with its routers; gives the ports of each switch that a chassis can claim. */
function joinSwitches(
  nb: Snapshot<NbTables>,
  routerOfPort: ReadonlyMap<string, Uuid>,
  group: Union,
): ReadonlyMap<Uuid, readonly string[]> {
  const switchPort = finderOf(nb, 'Logical_Switch_Port');
  const claimable = new Map<Uuid, string[]>();
  for (const { _uuid, ports } of rowsOf(nb, 'Logical_Switch')) {
    const names: string[] = [];
    for (const { name, type, options } of heldRows(ports, switchPort)) {
      const router = type === 'router' ? routerOfPort.get(options?.get('router-port') ?? '') : undefined;
      if (router !== undefined) group.join(router, _uuid);
      if (!unclaimable.has(type)) names.push(name);
    }
    claimable.set(_uuid, names);
  }
  return claimable;
}

const unclaimable: ReadonlySet<string> = new Set(['router', 'localnet', 'localport']);

/** The router that holds each router port, by the port's name. */
function routersByPort(nb: Snapshot<NbTables>): ReadonlyMap<string, Uuid> {
  const portOf = finderOf(nb, 'Logical_Router_Port');
  const routers = new Map<string, Uuid>();
  for (const { _uuid, ports } of rowsOf(nb, 'Logical_Router')) {
    for (const { name } of heldRows(ports, portOf)) routers.set(name, _uuid);
  }
  return routers;
}

/** Sets that grow together (disjoint sets with path halving). */
class Union {
  readonly #parents = new Map<Uuid, Uuid>();

  /** The row that stands for the set this one is in. */
  of(row: Uuid): Uuid {
    let at = row;
    for (;;) {
      const parent = this.#parents.get(at) ?? at;
      if (parent === at) return at;
      const next = this.#parents.get(parent) ?? parent;
      this.#parents.set(at, next);
      at = next;
    }
  }

  join(left: Uuid, right: Uuid): void {
    const [from, to] = [this.of(left), this.of(right)];
    if (from !== to) this.#parents.set(from, to);
  }
}
