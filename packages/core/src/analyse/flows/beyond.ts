import { list, shortened } from '../../finding/list.ts';
import { type Filtered, partlyOf } from '../filter/filtered.ts';
import type { ExternalFlow, Obstacle } from '../flow.ts';
import { sameFamily } from './address-text.ts';
import type { Decision, PolicyRow, TakingPolicy } from './policies.ts';
import type { RouterContext } from './router-context.ts';
import type { GatewayPort } from './router-view.ts';

/** How far packets of an address come by a gateway port. */
export type Reach = {
  readonly conditions: readonly string[];
  readonly assumptions: readonly string[];
  readonly obstacle: Obstacle | undefined;
};

const everywhere: Reach = { conditions: [], assumptions: [], obstacle: undefined };

/**
 * What policies and routes say of an address whose packets are to leave by a gateway port. Without a default route its neighbours on
 * the external network are still reached; without a network of the family nobody is.
 */
export function reachOf(
  { router, wayOut }: RouterContext,
  port: GatewayPort | undefined,
  logicalIp: string,
): Reach {
  if (port === undefined) return everywhere;
  const decided = {
    leaving: wayOut.leaving(logicalIp),
    arriving: wayOut.arriving(logicalIp, port.name),
  };
  const diverted = divertedBy(decided, router.name, port, logicalIp);
  if (diverted !== undefined) return { ...everywhere, obstacle: diverted };
  const partly = partlyTaken(router.name, [...decided.leaving.partly, ...decided.arriving.partly]);
  const ways = wayOut.ports(logicalIp);
  if (ways.includes(port.name)) return ledElsewhere(wayOut.elsewhere(logicalIp, port.name), partly);
  const family = logicalIp.includes(':') ? 'IPv6' : 'IPv4';
  const isOnFamily = [...(port.port.networks ?? [])].some((network) => sameFamily(network, logicalIp));
  const isForced = isBeforeNetworks(wayOut.bySource(logicalIp), port, logicalIp);
  const why =
    ways.length === 0
      ? `router ${router.name} has no ${family} default route`
      : `router ${router.name} sends what comes from ${logicalIp} to the world by ${ways.join(', ')}`;
  if (isOnFamily && !isForced) {
    const condition = `only for hosts on the networks of ${port.name}: ${why}`;
    return { ...partly, conditions: [condition, ...partly.conditions] };
  }
  const rows = [{ db: 'NB', table: 'Logical_Router', uuid: router.row._uuid, name: router.name } as const];
  return { ...everywhere, obstacle: { reason: 'no-route', why, rows, isAnswered: true } };
}

/** Whether a route by source is longer than the networks of a port: then it takes what is for the neighbours there too. */
function isBeforeNetworks(length: number | undefined, { networks }: GatewayPort, logicalIp: string): boolean {
  if (length === undefined) return false;
  const bits = logicalIp.includes(':') ? 128 : 32;
  return networks.every((network) => network.bits !== bits || network.length < length);
}

/** The policy that keeps everything of an address from its gateway port, or from its workload. */
function divertedBy(
  { leaving, arriving }: { readonly leaving: Decision; readonly arriving: Decision },
  router: string,
  { name: by }: GatewayPort,
  logicalIp: string,
): Obstacle | undefined {
  const away = leaving.taken;
  if (away !== undefined && !away.ports.includes(by)) {
    return obstacle(router, away, `what comes from ${logicalIp}`);
  }
  const { taken } = arriving;
  if (taken === undefined || taken.nextHops.includes(logicalIp)) return undefined;
  return obstacle(router, taken, `what comes for ${logicalIp}`);
}

function obstacle(router: string, { row, nextHops, ports }: TakingPolicy, what: string): Obstacle {
  const does =
    nextHops.length === 0
      ? `drops ${what}`
      : `leads ${what} to ${nextHops.join(', ')}, by ${[...new Set(ports)].join(', ')}`;
  return {
    reason: 'policy-diverts',
    why: `policy ${row.priority} (${row.match}) of router ${router} ${does}`,
    rows: [
      { db: 'NB', table: 'Logical_Router_Policy', uuid: row._uuid, name: `${row.priority} ${row.match}` },
    ],
    isAnswered: true,
    cure: `delete that policy (ovn-nbctl lr-policy-list ${router} shows it), or where the Vpc asks for it change its spec.policyRoutes`,
  };
}

function partlyTaken(router: string, rows: readonly PolicyRow[]): Reach {
  if (rows.length === 0) return everywhere;
  const distinct = [...new Set(rows)];
  return {
    conditions: distinct.map(({ match }) => `not for what a policy of the router takes: ${match}`),
    assumptions: distinct.map(
      ({ priority, match, action }) =>
        `policy ${priority} (${match}) ${action} of router ${router} may take some packets of addresses behind it: which ones is not worked out`,
    ),
    obstacle: undefined,
  };
}

/** What takes a part of a flow, as a part of it; nothing where nothing does. */
export function withPart(filtered: Filtered): Pick<ExternalFlow, 'partly'> {
  const partly = partlyOf(filtered);
  return partly === undefined ? {} : { partly };
}

/** Routes to a part of the world go before the one by the gateway port, and what comes from there is not answered. */
function ledElsewhere(networks: readonly string[], reach: Reach): Reach {
  if (networks.length === 0) return reach;
  const condition = `not for hosts in ${list(shortened(networks, 3))}: the router has routes there that lead elsewhere`;
  return { ...reach, conditions: [...reach.conditions, condition] };
}

const nothing: readonly string[] = [];

/** What is taken for granted of a flow. */
export function assumedBy(reach: Reach | undefined, { assumptions }: Filtered): readonly string[] {
  const reached = reach?.assumptions ?? nothing;
  if (reached.length === 0) return assumptions.length === 0 ? nothing : assumptions;
  return assumptions.length === 0 ? reached : [...assumptions, ...reached];
}
