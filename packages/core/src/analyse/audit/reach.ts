import type { Finding } from '../../finding/finding.ts';
import { list } from '../../finding/list.ts';
import { finding } from '../../finding/make.ts';
import { nbRows } from '../../finding/row-id.ts';
import type { RouterContext } from '../flows/router-context.ts';
import type { GatewayPort } from '../flows/router-view.ts';
import { type AuditedNetwork, portRef } from './network.ts';

/** Routers that translate addresses and have no default route of their family, or one away from all external networks. */
export function auditRoutes({ routers }: AuditedNetwork): readonly Finding[] {
  return routers.flatMap((context) =>
    (['IPv4', 'IPv6'] as const).flatMap((family) => {
      const used = context.rules.filter(
        ({ obstacle, logicalIp }) =>
          obstacle === undefined && (family === 'IPv6') === logicalIp.includes(':'),
      );
      if (used.length === 0 || used.some(({ logicalIp }) => hasWayOut(context, logicalIp))) return [];
      const ways = [...new Set(used.flatMap(({ logicalIp }) => waysOf(context, logicalIp)))];
      const route = family === 'IPv4' ? '0.0.0.0/0' : '::/0';
      // Where policies take packets away a default route is no help; it is told of what they keep from working.
      if (used.every(({ logicalIp }) => context.wayOut.leaving(networkAddress(logicalIp)).taken)) return [];
      return [
        finding('no-route', {
          object: { kind: 'Logical_Router', name: context.router.name },
          message: `router ${context.router.name} has ${used.length} ${family} NAT rows and ${ways.length === 0 ? `no ${family} default route` : `sends ${family} to the world by ${list(ways)}, which is no gateway port`}: only hosts on its external networks are reached`,
          cure:
            ways.length === 0
              ? `add a static route for ${route}`
              : `delete the routes that lead there, or give them a next hop on an external network: ovn-nbctl lr-route-list ${context.router.name} shows them`,
          rows: nbRows('Logical_Router', [context.router.row]),
        }),
      ];
    }),
  );
}

function hasWayOut(context: RouterContext, logicalIp: string): boolean {
  const outside = new Set(context.router.gatewayPorts.map(({ name }) => name));
  return waysOf(context, logicalIp).some((port) => outside.has(port));
}

function waysOf({ wayOut }: RouterContext, logicalIp: string): readonly string[] {
  return wayOut.ports(networkAddress(logicalIp));
}

function networkAddress(logicalIp: string): string {
  return logicalIp.split('/')[0] ?? logicalIp;
}

/** Gateway ports with NAT whose switch port does not have OVN announce the addresses (ovn-nb(5), nat-addresses). */
export function auditAnnouncements({ routers, north }: AuditedNetwork): readonly Finding[] {
  return routers.flatMap((context) => {
    const ports = new Set([
      ...context.rules.flatMap(({ gatewayPort, obstacle }) => (obstacle ? [] : (gatewayPort ?? []))),
      ...context.forwards.map(({ gatewayPort }) => gatewayPort),
    ]);
    return [...ports].flatMap((port) => {
      const switchPort = north.switchPortOf.get(port.name);
      if (switchPort === undefined || isAnnounced(switchPort.options?.get('nat-addresses'), port)) return [];
      return [
        finding('not-announced', {
          object: portRef(port.name),
          message: `switch port ${switchPort.name} does not announce the NAT addresses of router port ${port.name}: after a move they stay dark until neighbours ask again`,
          cure: `set nat-addresses=router in the options of switch port ${switchPort.name}`,
          rows: nbRows('Logical_Switch_Port', [switchPort]),
        }),
      ];
    });
  });
}

/** Beside `router` the option may list a MAC and addresses by hand. */
function isAnnounced(option: string | undefined, { network }: GatewayPort): boolean {
  return network === undefined || (option !== undefined && option !== '');
}
