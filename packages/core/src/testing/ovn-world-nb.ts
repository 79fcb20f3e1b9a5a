import { type NbTables, nbSchema } from '@berth/ovn';
import { type RowsByTable, type Snapshot, snapshotOf } from '@berth/ovsdb/value';
import type { OvnWorld, WorldRoute, WorldRouter } from './ovn-world-model.ts';
import {
  externalSubnets,
  gatewayNetworks,
  hostOf,
  macOf,
  natKey,
  networkOf,
  portName,
  subnetsOf,
  uuidOf,
} from './ovn-world-names.ts';

/** NB of a world. */
export function northboundOf(world: OvnWorld): Snapshot<NbTables> {
  return snapshotOf<NbTables>(nbSchema, northboundRows(world));
}

function northboundRows(world: OvnWorld): RowsByTable<NbTables> {
  const release = world.release ?? '23.03.1';
  return {
    NB_Global: [
      {
        _uuid: uuidOf('NB_Global', ''),
        nb_cfg: 7,
        sb_cfg: 7,
        hv_cfg: 7,
        options: new Map(
          Object.entries({ northd_internal_version: `${release}-20.27.0-70.6`, ...world.nbOptions }),
        ),
      },
    ],
    ...routerRows(world),
    ...switchRows(world),
    ...groupRows(world),
    NAT: world.routers.flatMap((router) => natRows(router)),
    Load_Balancer: world.routers.flatMap((router) =>
      (router.balancers ?? []).map(({ name, vips, protocol, externalIds = {} }) => ({
        _uuid: uuidOf('Load_Balancer', name),
        name,
        vips: new Map(Object.entries(vips)),
        protocol: protocol ?? 'tcp',
        external_ids: new Map(Object.entries(externalIds)),
      })),
    ),
    Logical_Router_Static_Route: world.routers.flatMap((router) =>
      routesOf(world, router).map((route) => ({
        _uuid: routeUuid(router, route),
        ip_prefix: route.prefix,
        nexthop: route.nexthop,
        output_port: route.outputPort,
        policy: route.policy,
      })),
    ),
  };
}

function routerRows(world: OvnWorld): RowsByTable<NbTables> {
  return {
    Logical_Router: world.routers.map((router) => ({
      _uuid: uuidOf('Logical_Router', router.name),
      name: router.name,
      external_ids: new Map(Object.entries(router.externalIds ?? {})),
      ports: new Set([
        ...(router.gatewayPorts ?? []).map((port) => uuidOf('Logical_Router_Port', portName(router, port))),
        ...subnetsOf(world, router).map(({ name }) =>
          uuidOf('Logical_Router_Port', `${router.name}-${name}`),
        ),
      ]),
      nat: new Set((router.nat ?? []).map((nat) => uuidOf('NAT', natKey(router, nat)))),
      static_routes: new Set(routesOf(world, router).map((route) => routeUuid(router, route))),
      load_balancer: new Set((router.balancers ?? []).map(({ name }) => uuidOf('Load_Balancer', name))),
    })),
    Logical_Router_Port: world.routers.flatMap((router, place) => [
      ...(router.gatewayPorts ?? []).map((port, at) => ({
        _uuid: uuidOf('Logical_Router_Port', portName(router, port)),
        name: portName(router, port),
        mac: macOf(2, place, at, 0),
        networks: new Set(gatewayNetworks(world, router, port)),
        ...(port.group === undefined
          ? {
              gateway_chassis: new Set(
                port.members.map(([chassis]) =>
                  uuidOf('Gateway_Chassis', `${portName(router, port)}-${chassis}`),
                ),
              ),
            }
          : { ha_chassis_group: uuidOf('HA_Chassis_Group', port.group) }),
      })),
      ...subnetsOf(world, router).map(({ name, networks }, at) => ({
        _uuid: uuidOf('Logical_Router_Port', `${router.name}-${name}`),
        name: `${router.name}-${name}`,
        mac: macOf(3, place, at, 0),
        networks: new Set(networks),
      })),
    ]),
  };
}

function switchRows(world: OvnWorld): RowsByTable<NbTables> {
  const routerPort = (name: string, peer: string) => ({
    _uuid: uuidOf('Logical_Switch_Port', name),
    name,
    type: 'router',
    addresses: new Set(['router']),
    options: new Map([
      ['router-port', peer],
      ['nat-addresses', 'router'],
    ]),
  });
  const switches = [
    ...world.externals.map((external) => ({
      name: external.name,
      ports: [
        ...(external.localnet === false
          ? []
          : [
              {
                _uuid: uuidOf('Logical_Switch_Port', `localnet.${external.name}`),
                name: `localnet.${external.name}`,
                type: 'localnet',
                addresses: new Set(['unknown']),
                tag: external.vlan,
                options: new Map([['network_name', networkOf(external)]]),
              },
            ]),
        ...world.routers.flatMap((router) =>
          (router.gatewayPorts ?? [])
            .filter((port) => port.external === external.name)
            .map((port) => routerPort(`${external.name}-${portName(router, port)}`, portName(router, port))),
        ),
      ],
    })),
    ...world.routers.flatMap((router) =>
      subnetsOf(world, router).map(({ name, pods }) => ({
        name,
        ports: [
          routerPort(`${name}-${router.name}`, `${router.name}-${name}`),
          ...pods.map((pod) => ({
            _uuid: uuidOf('Logical_Switch_Port', pod.name),
            name: pod.name,
            addresses: new Set([pod.addresses]),
            up: pod.node !== undefined,
          })),
        ],
      })),
    ),
  ];
  return {
    Logical_Switch: switches.map(({ name, ports }) => ({
      _uuid: uuidOf('Logical_Switch', name),
      name,
      ports: new Set(ports.map(({ _uuid }) => _uuid)),
    })),
    Logical_Switch_Port: switches.flatMap(({ ports }) => ports),
  };
}

function groupRows(world: OvnWorld): RowsByTable<NbTables> {
  const ports = world.routers.flatMap((router) =>
    (router.gatewayPorts ?? []).map((port) => ({ router, port })),
  );
  const named = new Map(
    ports.flatMap(({ port }) => (port.group === undefined ? [] : [[port.group, port] as const])),
  );
  return {
    Gateway_Chassis: ports.flatMap(({ router, port }) =>
      port.group === undefined
        ? port.members.map(([chassis, priority]) => ({
            _uuid: uuidOf('Gateway_Chassis', `${portName(router, port)}-${chassis}`),
            name: `${portName(router, port)}-${chassis}`,
            chassis_name: chassis,
            priority,
          }))
        : [],
    ),
    HA_Chassis_Group: [...named].map(([name, { members }]) => ({
      _uuid: uuidOf('HA_Chassis_Group', name),
      name,
      ha_chassis: new Set(members.map(([chassis]) => uuidOf('HA_Chassis', `${name} ${chassis}`))),
    })),
    HA_Chassis: [...named].flatMap(([name, { members }]) =>
      members.map(([chassis, priority]) => ({
        _uuid: uuidOf('HA_Chassis', `${name} ${chassis}`),
        chassis_name: chassis,
        priority,
      })),
    ),
  };
}

function natRows(router: WorldRouter): RowsByTable<NbTables>['NAT'] & object {
  return (router.nat ?? []).map((nat) => ({
    _uuid: uuidOf('NAT', natKey(router, nat)),
    type: nat.type,
    external_ip: nat.externalIp,
    logical_ip: nat.logicalIp,
    external_mac: nat.externalMac,
    logical_port: nat.logicalPort,
    gateway_port: nat.gatewayPort === undefined ? undefined : uuidOf('Logical_Router_Port', nat.gatewayPort),
    options: new Map(Object.entries(nat.options ?? {})),
    external_ids: new Map(Object.entries(nat.externalIds ?? {})),
  }));
}

function routesOf(world: OvnWorld, router: WorldRouter): readonly WorldRoute[] {
  if (router.routes) return router.routes;
  return (router.gatewayPorts ?? []).slice(0, 1).flatMap((port) =>
    externalSubnets(world, port.external).map((subnet) => ({
      prefix: subnet.includes(':') ? '::/0' : '0.0.0.0/0',
      nexthop: hostOf(subnet, 1),
    })),
  );
}

function routeUuid(router: WorldRouter, route: WorldRoute) {
  return uuidOf('Logical_Router_Static_Route', `${router.name} ${route.prefix} ${route.nexthop}`);
}
