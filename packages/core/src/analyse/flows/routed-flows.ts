import type { NbTables } from '@berth/ovn';
import type { Snapshot } from '@berth/ovsdb/value';
import type { Fabric } from '../../fabric/fabric.ts';
import { filtersOf } from '../filter/filters-of.ts';
import type { ExternalFlow } from '../flow.ts';
import { behind } from './behind.ts';
import { assumedBy, reachOf, withPart } from './beyond.ts';
import { portConditions } from './conditions.ts';
import { addressesOf, northOf, type SwitchPort } from './north.ts';
import { floatingKey, type RouterContext, routerContext } from './router-context.ts';
import { sourceNatTable } from './source-nat-table.ts';

/**
 * What a workload sends out without NAT: for each of its addresses that neither a floating IP nor an SNAT translates, by the
 * gateway port its router's routes choose. None for a port that does not exist or whose switch has no router.
 */
export function routedFlows(
  nb: Snapshot<NbTables>,
  fabric: Fabric,
  logicalPort: string,
): readonly ExternalFlow[] {
  const north = northOf(nb, fabric);
  const workload = north.ports.get(logicalPort);
  if (workload === undefined) return [];
  return north.routers
    .filter(({ ports }) =>
      [...ports].some((uuid) => north.switchOf.get(north.routerPort(uuid)?.name ?? '') === workload.on),
    )
    .flatMap((router) => {
      const context = routerContext(north, router);
      return addressesOf(workload.port).flatMap((address) => routed(context, workload.port, address));
    });
}

function routed(context: RouterContext, port: SwitchPort, logicalIp: string): readonly ExternalFlow[] {
  const { router, rules, floating, wayOut } = context;
  const ways = wayOut.ports(logicalIp);
  const gatewayPort = router.gatewayPorts.find(({ name }) => ways.includes(name)) ?? router.gatewayPorts[0];
  if (gatewayPort === undefined || floating.has(floatingKey(gatewayPort.name, logicalIp))) return [];
  const table = sourceNatTable(rules.filter(({ row }) => row.type === 'snat'));
  if (table.find(gatewayPort.name, logicalIp).length > 0) return [];
  const reach = reachOf(context, gatewayPort, logicalIp);
  const way = { gatewayPort, logicalPort: port.name, logicalIp, externalIp: logicalIp };
  const filtered = filtersOf(context, way).outbound;
  const ref = { db: 'NB', table: 'Logical_Switch_Port', uuid: port._uuid, name: port.name } as const;
  const { obstacle, doubt } = behind(context, port.name, logicalIp, ref);
  return [
    {
      target: `pod/${port.external_ids?.get('pod') ?? port.name}`,
      direction: 'outbound',
      kind: 'routed',
      router: router.name,
      externalIp: undefined,
      externalPort: undefined,
      logicalIp,
      logicalPort: port.name,
      placement: 'centralized',
      gatewayPort: gatewayPort.name,
      network: gatewayPort.network,
      obstacle: filtered.obstacle ?? obstacle ?? reach.obstacle,
      ...(doubt !== undefined && { doubt }),
      assumptions: assumedBy(reach, filtered),
      ...withPart(filtered),
      conditions: [...portConditions(gatewayPort), ...reach.conditions],
      rows: [ref],
      origins: [],
    },
  ];
}
