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
  const partly = wayOut
    .partly(logicalIp)
    .map((match) => `not for what a policy of the router takes: ${match}`);
  const ways = wayOut.ports(logicalIp);
  if (ways.includes(port.name)) {
    return partly.length === 0 ? everywhere : { conditions: partly, obstacle: undefined };
  }
  const family = logicalIp.includes(':') ? 'IPv6' : 'IPv4';
  const isOnFamily = [...(port.port.networks ?? [])].some((network) => sameFamily(network, logicalIp));
  const isForced = wayOut.isForced(logicalIp);
  const why = whyNot(router.name, logicalIp, { ways, family, isForced });
  if (isOnFamily && !isForced) {
    return {
      conditions: [`only for hosts on the networks of ${port.name}: ${why}`, ...partly],
      obstacle: undefined,
    };
  }
  const rows = [{ db: 'NB', table: 'Logical_Router', uuid: router.row._uuid, name: router.name } as const];
  return { conditions: [], obstacle: { reason: 'no-route', why, rows } };
}

type Ways = { readonly ways: readonly string[]; readonly family: string; readonly isForced: boolean };

function whyNot(router: string, logicalIp: string, { ways, family, isForced }: Ways): string {
  if (isForced && ways.length === 0) return `a policy of router ${router} drops what comes from ${logicalIp}`;
  return ways.length === 0
    ? `router ${router} has no ${family} default route`
    : `router ${router} sends what comes from ${logicalIp} to the world by ${ways.join(', ')}`;
}
