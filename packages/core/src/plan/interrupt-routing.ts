import { contains, parseInterfaceAddress, parseIp } from '@berth/net';
import { isSet, isUuid, type Snapshot, type Uuid, type Value } from '@berth/ovsdb/value';
import type { Change, InterruptedFlow } from './change.ts';
import { ownerOf } from './observed.ts';

/** Says what a change of a route or a policy interrupts; undefined for rows of other tables. */
export type RoutingFlows = (change: Change) => readonly InterruptedFlow[] | undefined;

/** What the changes do to the routers that are there. */
type Scene = {
  readonly before: Snapshot;
  /** Rows that go. */
  readonly gone: ReadonlySet<Uuid>;
  /** Routes that come, by router. */
  readonly coming: ReadonlyMap<Uuid | undefined, readonly Change[]>;
};

/**
 * Whose packets the changes of routes and policies send elsewhere, or nowhere. On a router that is only now made there
 * is nobody yet.
 */
export function routingFlows(changes: readonly Change[], before: Snapshot): RoutingFlows {
  const routes = changes.filter(
    ({ verb, table }) => verb === 'insert' && table === 'Logical_Router_Static_Route',
  );
  const scene: Scene = {
    before,
    gone: new Set(changes.filter(({ verb }) => verb === 'delete').map(({ uuid }) => uuid)),
    coming: Map.groupBy(routes, ({ parent }) => parent?.uuid),
  };
  return (change) => {
    if (change.table === 'Logical_Router_Static_Route') return flows(change, routeEffects(change, scene));
    if (change.table === 'Logical_Router_Policy') return flows(change, policyEffects(change, scene));
    return undefined;
  };
}

function flows({ cause }: Change, effects: readonly string[]): readonly InterruptedFlow[] {
  return cause ? effects.map((effect) => ({ object: cause, externalIp: undefined, effect })) : [];
}

function routeEffects(change: Change, scene: Scene): readonly string[] {
  const { verb, columns, key } = change;
  const via = `${key.at(-2)} via ${key.at(-1)}`;
  if (verb === 'insert')
    return joinsOthers(change, scene)
      ? [`${via}: takes a share of the packets of a route of somebody else`]
      : [];
  if (verb === 'delete') {
    return hasSibling(change, scene)
      ? [`connections of ${via} go on by the other next hops`]
      : [`${via}: destinations behind the route become unreachable`];
  }
  return [
    ...(movesPort(change, scene.before) ? [`${via}: the route moves to another port`] : []),
    ...(columns['bfd']?.new !== undefined
      ? [`${via}: the route counts only once its BFD session is up`]
      : []),
  ];
}

/** Whether a route leaves by another port than before. One that names none leaves by the port that is on a network with its next hop. */
function movesPort({ uuid, key, columns }: Change, before: Snapshot): boolean {
  const { output_port: change } = columns;
  if (!change) return false;
  const nextHop = parseIp(key.at(-1) ?? '');
  const onNetwork = (port: Uuid): boolean => {
    const networks = before.table('Logical_Router_Port').get(port)?.['networks'];
    return [...(isSet(networks) ? networks : [])].some((text) => {
      const address = parseInterfaceAddress(String(text));
      return address !== undefined && nextHop !== undefined && contains(address.cidr, nextHop);
    });
  };
  const router = [...before.table('Logical_Router')].find((row) =>
    uuidsOf(row['static_routes']).includes(uuid),
  );
  const implied = uuidsOf(router?.['ports']).filter(onNetwork);
  const nameOf = (value: Value): Value =>
    value ?? (implied[0] && before.table('Logical_Router_Port').get(implied[0])?.['name']);
  return implied.length > 1 || nameOf(change.old) !== nameOf(change.new);
}

/** Whether the same router keeps, or gets, another route for the same packets. */
function hasSibling({ uuid, formerParents }: Change, { before, gone, coming }: Scene): boolean {
  const routes = before.table('Logical_Router_Static_Route');
  const row = routes.get(uuid);
  const router = formerParents?.flatMap((each) => before.table('Logical_Router').get(each.uuid) ?? [])[0];
  if (!row || !router) return false;
  const kept = uuidsOf(router['static_routes']).filter((each) => !gone.has(each));
  return (
    kept.some((each) => matching.every((name) => routes.get(each)?.[name] === row[name])) ||
    (coming.get(router._uuid) ?? []).some(({ columns }) =>
      matching.every((name) => columns[name]?.new === row[name]),
    )
  );
}

/** Whether the router has a route for the same packets that no Berth made. */
function joinsOthers({ columns, parent }: Change, { before }: Scene): boolean {
  const router = parent && before.table('Logical_Router').get(parent.uuid);
  return uuidsOf(router?.['static_routes']).some((uuid) => {
    const row = before.table('Logical_Router_Static_Route').get(uuid);
    return (
      row !== undefined &&
      ownerOf(row) === undefined &&
      matching.every((name) => (row[name] ?? '') === (columns[name]?.new ?? ''))
    );
  });
}

/** What says which packets a route is for (ovn-nb(5), Logical_Router_Static_Route). */
const matching = ['route_table', 'policy', 'ip_prefix'] as const;

function uuidsOf(references: Value): readonly Uuid[] {
  if (!isSet(references)) return [];
  return [...references].flatMap((atom) => (typeof atom === 'string' && isUuid(atom) ? [atom] : []));
}

function policyEffects(change: Change, { before, gone }: Scene): readonly string[] {
  const { verb, key, columns, parent, formerParents = [] } = change;
  const packets = `packets with ${key.at(-1)}`;
  const action = columns['action']?.new;
  if (verb === 'delete') {
    return formerParents.some(({ uuid }) => gone.has(uuid)) ? [] : [`${packets} go by the routes again`];
  }
  if (verb === 'insert') {
    const isThere = parent && before.table('Logical_Router').get(parent.uuid) !== undefined;
    return isThere && action !== 'allow' ? [effectOf(packets, action)] : [];
  }
  if (action !== undefined) return [effectOf(packets, action)];
  return columns['nexthops'] ? [`${packets} go to other next hops`] : [];
}

function effectOf(packets: string, action: Value): string {
  if (action === 'drop') return `${packets} are dropped`;
  return action === 'reroute' ? `${packets} go to other next hops` : `${packets} go by the routes again`;
}
