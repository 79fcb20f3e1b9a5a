import type { Obstacle } from '../flow.ts';
import { sameFamily } from './address-text.ts';
import type { RouterContext } from './router-context.ts';
import type { GatewayPort } from './router-view.ts';

/** How far packets of an address come by a gateway port. */
export type Reach = { readonly conditions: readonly string[]; readonly obstacle: Obstacle | undefined };

const everywhere: Reach = { conditions: [], obstacle: undefined };

/**
 * What the routes say of an address whose packets are to leave by a gateway port. Without a default route its neighbours on
 * the external network are still reached; without a network of the family nobody is.
 */
export function reachOf(
  { router, wayOut }: RouterContext,
  port: GatewayPort | undefined,
  logicalIp: string,
): Reach {
  if (port === undefined) return everywhere;
  const ways = wayOut.ports(logicalIp);
  if (ways.includes(port.name)) return everywhere;
  const family = logicalIp.includes(':') ? 'IPv6' : 'IPv4';
  const isOnFamily = [...(port.port.networks ?? [])].some((network) => sameFamily(network, logicalIp));
  const why =
    ways.length === 0
      ? `router ${router.name} has no ${family} default route`
      : `router ${router.name} sends what comes from ${logicalIp} to the world by ${ways.join(', ')}`;
  if (isOnFamily) {
    return { conditions: [`only for hosts on the networks of ${port.name}: ${why}`], obstacle: undefined };
  }
  const rows = [{ db: 'NB', table: 'Logical_Router', uuid: router.row._uuid, name: router.name } as const];
  return { conditions: [], obstacle: { reason: 'no-route', why, rows } };
}
