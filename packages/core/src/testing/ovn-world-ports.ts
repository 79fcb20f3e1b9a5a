import type { SbTables } from '@berth/ovn';
import type { RowsByTable, Uuid } from '@berth/ovsdb/value';
import { type WorldGroup, worldGroups } from './ovn-world-groups.ts';
import type { OvnWorld, WorldGatewayPort, WorldRouter } from './ovn-world-model.ts';
import {
  gatewayNetworks,
  groupName,
  hasDistributedNat,
  macOf,
  networkOf,
  portName,
  subnetsOf,
  uuidOf,
} from './ovn-world-names.ts';

type Binding = Partial<SbTables['Port_Binding']> & { readonly logical_port: string };

/** Port_Binding, Datapath_Binding and MAC_Binding of a world. */
export function bindingRows(world: OvnWorld): RowsByTable<SbTables> {
  const datapaths = [
    ...world.routers.map(({ name }) => ({ name, kind: 'logical-router' })),
    ...world.externals.map(({ name }) => ({ name, kind: 'logical-switch' })),
    ...world.routers.flatMap((router) =>
      (router.subnets ?? []).map(({ name }) => ({ name, kind: 'logical-switch' })),
    ),
  ];
  const groups = worldGroups(world);
  const bindings = [
    ...world.externals.flatMap((external) =>
      external.localnet === false
        ? []
        : [
            binding(external.name, 'localnet', `localnet.${external.name}`, {
              tag: external.vlan,
              options: new Map([['network_name', networkOf(external)]]),
            }),
          ],
    ),
    ...world.routers.flatMap((router) => [
      ...(router.gatewayPorts ?? []).flatMap((port) => gatewayBindings(world, router, port, groups)),
      ...subnetBindings(world, router),
    ]),
  ];
  return {
    Datapath_Binding: datapaths.map(({ name, kind }, place) => ({
      _uuid: datapathOf(name),
      tunnel_key: place + 1,
      external_ids: new Map([
        ['name', name],
        [kind, uuidOf(kind === 'logical-router' ? 'Logical_Router' : 'Logical_Switch', name)],
      ]),
    })),
    Port_Binding: bindings.map((row, place) => ({ ...row, tunnel_key: (place % 32767) + 1 })),
  };
}

function gatewayBindings(
  world: OvnWorld,
  router: WorldRouter,
  port: WorldGatewayPort,
  groups: ReadonlyMap<string, WorldGroup>,
): readonly Binding[] {
  const name = portName(router, port);
  const group = groups.get(groupName(router, port));
  const claim = port.claimedBy === undefined ? group?.winner : port.claimedBy;
  const mac = macOf(2, world.routers.indexOf(router), (router.gatewayPorts ?? []).indexOf(port), 0);
  const addresses = [mac, ...gatewayNetworks(world, router, port)].join(' ');
  const switchPort = `${port.external}-${name}`;
  return [
    binding(router.name, 'patch', name, {
      mac: new Set([addresses]),
      options: new Map([['peer', switchPort]]),
    }),
    binding(port.external, 'patch', switchPort, { options: new Map([['peer', name]]) }),
    ...(port.members.length === 0
      ? []
      : [
          binding(router.name, 'chassisredirect', `cr-${name}`, {
            mac: new Set([addresses]),
            chassis: claim == null ? undefined : uuidOf('Chassis', claim),
            ha_chassis_group: uuidOf('SB HA_Chassis_Group', groupName(router, port)),
            options: new Map([
              ['distributed-port', name],
              ...(hasDistributedNat(router) ? [] : [['always-redirect', 'true'] as const]),
            ]),
          }),
        ]),
  ];
}

function subnetBindings(world: OvnWorld, router: WorldRouter): readonly Binding[] {
  const present = new Set(world.nodes.filter((node) => node.present !== false).map(({ name }) => name));
  return subnetsOf(world, router).flatMap(({ name, networks, pods }, at) => [
    binding(router.name, 'patch', `${router.name}-${name}`, {
      mac: new Set([[macOf(3, world.routers.indexOf(router), at, 0), ...networks].join(' ')]),
      options: new Map([['peer', `${name}-${router.name}`]]),
    }),
    binding(name, 'patch', `${name}-${router.name}`, {
      options: new Map([['peer', `${router.name}-${name}`]]),
    }),
    ...pods.map((pod) => {
      const bound = pod.node !== undefined && present.has(pod.node);
      return binding(name, '', pod.name, {
        mac: new Set([pod.addresses]),
        chassis: bound ? uuidOf('Chassis', pod.node) : undefined,
        up: bound,
      });
    }),
  ]);
}

function binding(
  datapath: string,
  type: string,
  name: string,
  columns: Partial<SbTables['Port_Binding']>,
): Binding {
  return {
    _uuid: uuidOf('Port_Binding', name),
    logical_port: name,
    type,
    datapath: datapathOf(datapath),
    ...columns,
  };
}

function datapathOf(name: string): Uuid {
  return uuidOf('Datapath_Binding', name);
}
